import Glibc
import Platform
import Services

/// The file to which heads are copied, out of the reach of the database's owner: one signed note after the other, each
/// behind an empty line.
///
/// A file that has something else and no note is foreign: it stays as it is, counts as a head that nobody signed, and
/// heads go to a file beside it.
struct WitnessFile: HeadWitness {
    /// What is read to tell whether a file is foreign; a witness may have millions of notes.
    private static let beginningBytes = 1 << 16

    let path: String
    /// Whether the file is foreign.
    let isForeign: Bool

    init(path: String) {
        self.path = path
        isForeign = Self.isForeign(Self.beginning(of: path))
    }

    /// The file that takes heads.
    var headsPath: String { isForeign ? Self.pathBeside(path) : path }

    func keep(_ note: [UInt8]) {
        let number = open(headsPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { return }
        // The line feed comes first, because the last note may have been cut by a full disk.
        _ = FileDescriptor(number).writeAll([UInt8(ascii: "\n")] + note)
        close(number)
    }

    /// The notes that are there, those of the file beside, too; none when there is no file.
    func notes() -> [[UInt8]] {
        [path, Self.pathBeside(path)].flatMap { FileDescriptor.text(of: $0).map(Self.notes(in:)) ?? [] }
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

    private static func pathBeside(_ path: String) -> String { path + ".new" }

    private static func beginning(of path: String) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return [] }
        defer { close(number) }
        return [UInt8](unsafeUninitializedCapacity: beginningBytes) { buffer, count in
            count = max(0, FileDescriptor(number).read(into: UnsafeMutableRawBufferPointer(buffer)))
        }
    }
}
