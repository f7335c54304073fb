import ArgumentParser
import Glibc
import Importing
import Platform
import Tables

/// The bytes of a file that is imported. A signal ends a read that waits.
final class ImportInput {
    private let descriptor: FileDescriptor
    private let wake: WakePipe
    /// The size of a regular file.
    let size: Int?
    /// Whether bytes are digested, because an import may go on.
    private let isDigested: Bool
    private var digest = RunningDigest()
    /// The bytes that were read, from `undigestedStart` on those that are not digested.
    private var undigested: [UInt8] = []
    private var undigestedStart = 0
    /// The last byte that was digested.
    private var lastByte: UInt8?
    /// Bytes up to here are digested as they are read.
    private var passedTo = 0
    /// Called before each read that may wait.
    var onRead: () -> Void = {}

    init(_ path: String, isDigested: Bool) throws(StartFailure) {
        guard let wake = WakePipe() else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        if path == "-", StandardDescriptors.isInputReserved {
            throw StartFailure(status: ExitStatus.wrongData, message: "stdin is closed")
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
        self.isDigested = isDigested
    }

    deinit {
        if descriptor.number > 2 { close(descriptor.number) }
    }

    /// What ends a read that waits, on another thread.
    var interruption: WakePipe { wake }

    /// Reads as a `CSVReader.Source` does; an interrupted read fails with ECANCELED.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
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
        let count = descriptor.read(into: buffer)
        if count > 0, isDigested {
            undigested.removeFirst(undigestedStart)
            undigestedStart = 0
            undigested += buffer[..<count]
            _ = digest(upTo: min(passedTo, digest.count + undigested.count))
        }
        return count
    }

    /// Has the bytes up to a place digested as they are read, because they are passed over.
    func pass(to position: Int) {
        passedTo = position
    }

    /// The digest of the bytes up to a place, which were read; the places come in order.
    func digest(upTo position: Int) -> UInt64 {
        let count = min(position - digest.count, undigested.count - undigestedStart)
        if count > 0 {
            let end = undigestedStart + count
            undigested.withUnsafeBytes { digest.add(UnsafeRawBufferPointer(rebasing: $0[undigestedStart..<end])) }
            lastByte = undigested[end - 1]
            undigestedStart = end
        }
        return digest.value
    }

    /// Whether a line ends before the bytes that are not digested, or else behind their first.
    var isBehindLineEnd: Bool { lastByte == nil || lastByte == 0x0A }
    var isBeforeLineEnd: Bool {
        guard undigestedStart < undigested.count else { return true }
        return undigested[undigestedStart] == 0x0A || undigested[undigestedStart] == 0x0D
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
        case .duplicateColumn(let name?): ValidationError("Two columns are named \(name).")
        case .duplicateColumn(nil):
            ValidationError("Two columns of the first line, which must name the columns, have the same name.")
        case .otherSeparator(let name):
            ValidationError("The columns must be separated by commas; those of the file seem to be by \(name).")
        case .wideCharacters: ValidationError("The file must be UTF-8; it seems to be UTF-16.")
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
