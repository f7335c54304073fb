import ArgumentParser
import Glibc
import Importing
import Platform
import Tables

/// The bytes of a file that is imported. A signal ends a read that waits.
final class ImportInput {
    /// The beginning of a file by which a state knows it again.
    static let headBytes = 16 << 10

    private let descriptor: FileDescriptor
    private let wake: WakePipe
    /// The size of a regular file.
    let size: Int?
    /// The first bytes of the file, as far as they were asked for.
    private(set) var head: [UInt8] = []
    private var servedHead = 0
    /// Called before each read that may wait.
    var onRead: () -> Void = {}

    init(_ path: String, headBytes: Int) throws(StartFailure) {
        guard let wake = WakePipe() else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        let number = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard number >= 0, fstat(number, &status) == 0 else {
            let code = errno
            throw StartFailure(
                status: code == ENOENT ? ExitStatus.noInput : ExitStatus.wrongData,
                message: "\(path): \(String(cString: strerror(code)))")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw StartFailure(status: ExitStatus.wrongData, message: "\(path): \(String(cString: strerror(EISDIR)))")
        }
        self.wake = wake
        descriptor = FileDescriptor(number)
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        guard headBytes > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: headBytes)
        var count = 0
        while count < headBytes {
            let more = bytes.withUnsafeMutableBytes {
                descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
            }
            guard more >= 0 else {
                throw StartFailure(
                    status: ExitStatus.wrongData, message: "\(path): \(String(cString: strerror(errno)))")
            }
            if more == 0 { break }
            count += more
        }
        head = Array(bytes[..<count])
    }

    deinit {
        if descriptor.number > 2 { close(descriptor.number) }
    }

    /// What ends a read that waits, on another thread.
    var interruption: WakePipe { wake }

    /// Reads as a `CSVReader.Source` does; an interrupted read fails with ECANCELED.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if servedHead < head.count {
            let count = min(buffer.count, head.count - servedHead)
            head.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[servedHead..<servedHead + count]))
            }
            servedHead += count
            return count
        }
        onRead()
        if size == nil {
            var polls = [
                pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            guard retryingInterrupts({ poll(&polls, 2, -1) }) > 0, polls[1].revents == 0 else {
                errno = ECANCELED
                return -1
            }
        }
        return descriptor.read(into: buffer)
    }
}

/// The rows of a file, and the file.
struct ImportSource: ~Copyable {
    let input: ImportInput
    let rows: any ImportRows

    /// Reads the header of a CSV file.
    init(
        _ input: ImportInput, _ kind: ImportKind, _ format: ImportOptions.Format, _ members: RowMembers,
        _ maps: [String: RowMembers.Member?]
    ) throws {
        self.input = input
        switch format {
        case .ndjson:
            rows = LineRows(renaming: RowRenaming(kind, maps: maps.mapValues { $0?.path })) { input.read(into: $0) }
        case .csv:
            do throws(ColumnError) {
                rows = try RecordRows(members: members, maps: maps.mapValues { $0?.name }) { input.read(into: $0) }
            } catch {
                throw Self.failure(error, kind, members)
            }
        }
    }

    private static func failure(_ error: ColumnError, _ kind: ImportKind, _ members: RowMembers) -> any Error {
        switch error {
        case .noHeader:
            // The line may be somebody's record, of which nothing is told.
            ValidationError(
                "No column is named cpf in the first line, which must name the columns; --map COLUMN=cpf says which is."
            )
        case .unknownColumn(let number, let name):
            ValidationError(
                "Column \(number): \(ImportOptions.unknown(name, members)) --map says what it is, or "
                    + "--map '\(name)=' leaves it out.")
        case .mapsUnknownColumn(let name): ValidationError("--map: there is no column \(name).")
        case .memberTwice(let name): ValidationError("Two columns are the member \(name), or parts of it.")
        case .unreadable(let error): StartFailure(status: ExitStatus.wrongData, message: "the file: \(error)")
        }
    }
}
