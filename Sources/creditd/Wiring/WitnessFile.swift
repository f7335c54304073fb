import Glibc
import Platform
import Services

/// The file to which heads are copied, out of the reach of the database's owner: one signed note after the other, each
/// behind an empty line.
///
/// What is flawed stays as it is, counts as a head that nobody signed, and has heads go to a file beside it.
struct WitnessFile: HeadWitness {
    /// Why something is no witness.
    enum Flaw: Hashable {
        /// It has something else and no note.
        case foreign
        case unusable(reason: String)

        /// What is told of it, behind its name.
        var sentence: String {
            switch self {
            case .foreign: "has no head of an audit log"
            case .unusable(let reason): reason
            }
        }
    }

    /// What is read to tell whether a file is foreign; a witness may have millions of notes.
    private static let beginningBytes = 1 << 16

    let path: String
    /// The file that takes heads: this one, or the one beside it where this one is flawed; nil where both are.
    let headsPath: String?

    init(path: String) {
        self.path = path
        headsPath = Self.paths(path).first { Self.flaw(of: $0) == nil }
    }

    /// What is wrong with the file and the one beside it.
    var flaws: [(path: String, flaw: Flaw)] {
        Self.paths(path).compactMap { path in Self.flaw(of: path).map { (path, $0) } }
    }

    func keep(_ note: [UInt8]) {
        guard let headsPath else { return }
        // A pipe that came into its place since must not be waited for.
        let number = open(headsPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard number >= 0 else { return }
        defer { close(number) }
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        // The line feed comes first, because the last note may have been cut by a full disk.
        _ = FileDescriptor(number).writeAll([UInt8(ascii: "\n")] + note)
    }

    /// The notes that are there, those of the file beside, too; none when there is no file.
    func notes() -> [[UInt8]] { Self.paths(path).flatMap { Self.notes(at: $0) } }

    private static func notes(at path: String) -> [[UInt8]] {
        do throws(Unusable) {
            return notes(in: try text(of: path) ?? [])
        } catch {
            return [Array(error.reason.utf8)]
        }
    }

    /// Takes the notes apart: each has three lines, the first with the log's name, an empty one and a signature with
    /// the same name. Lines between are passed over, such as those of a note that did not fit on the disk. The beginning
    /// of a foreign file counts as a note, which no log has signed.
    static func notes(in text: [UInt8]) -> [[UInt8]] {
        let notes = signedNotes(in: text)
        return notes.isEmpty && isForeign(text) ? [Array(text.prefix(beginningBytes))] : notes
    }

    /// Whether a file's text has anything, and no note. A note that was cut, alone, has the form of none either.
    static func isForeign(_ text: [UInt8]) -> Bool {
        text.contains { $0 != UInt8(ascii: "\n") } && signedNotes(in: text).isEmpty
    }

    private static func signedNotes(in text: [UInt8]) -> [[UInt8]] {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var notes: [[UInt8]] = []
        var start = 0
        while start + 5 < lines.count {
            let signature = Array("— ".utf8) + lines[start] + [UInt8(ascii: " ")]
            guard lines[start + 3].isEmpty, lines[start + 4].starts(with: signature) else {
                start += 1
                continue
            }
            notes.append(Array(lines[start..<start + 5].joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")])
            start += 5
        }
        return notes
    }

    private static func paths(_ path: String) -> [String] { [path, path + ".new"] }
}

extension WitnessFile {
    private struct Unusable: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }

        static func unreadable(_ code: Int32) -> Unusable {
            Unusable("cannot be read: \(String(cString: strerror(code)))")
        }
    }

    private static func flaw(of path: String) -> Flaw? {
        do throws(Unusable) {
            return isForeign(try text(of: path, mostBytes: beginningBytes) ?? []) ? .foreign : nil
        } catch {
            return .unusable(reason: error.reason)
        }
    }

    /// Reads a file, or its beginning; nil where there is none. Nothing else is opened, because a pipe would be waited
    /// for.
    private static func text(of path: String, mostBytes: Int = .max) throws(Unusable) -> [UInt8]? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            guard code == ENOENT else { throw .unreadable(code) }
            if lstat(path, &status) == 0 { throw Unusable("is a link that leads nowhere") }
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Unusable("is a folder")
        default: throw Unusable("is no file")
        }
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw .unreadable(errno) }
        defer { close(number) }
        if mostBytes == .max {
            guard let text = FileDescriptor(number).readAll() else { throw .unreadable(errno) }
            return text
        }
        var count = 0
        let text = [UInt8](unsafeUninitializedCapacity: mostBytes) { buffer, initializedCount in
            count = FileDescriptor(number).read(into: UnsafeMutableRawBufferPointer(buffer))
            initializedCount = max(0, count)
        }
        guard count >= 0 else { throw .unreadable(errno) }
        return text
    }
}
