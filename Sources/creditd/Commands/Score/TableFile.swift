import Glibc
import Platform
import Tables

/// A CSV file that is named on the command line, or stdin for `-`.
final class TableFile {
    /// What messages call the file: its name without folders.
    let name: String
    private let descriptor: FileDescriptor
    private let hash: StreamHash?

    /// Opens a file; `hashes` also computes its SHA-256 as it is read.
    init(_ path: String, hashes: Bool = false) throws(StartFailure) {
        let number = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            let status = errno == ENOENT ? ExitStatus.noInput : ExitStatus.wrongData
            throw StartFailure(status: status, message: "\(path): \(String(cString: strerror(errno)))")
        }
        descriptor = FileDescriptor(number)
        name = path == "-" ? "stdin" : String(path.split(separator: "/").last ?? "")
        hash = hashes ? StreamHash() : nil
    }

    deinit {
        if descriptor.number != 0 { close(descriptor.number) }
    }

    /// Reads the line of names. The reader may not outlive the file.
    func reader() throws(CSVError) -> CSVReader {
        try CSVReader { [descriptor, hash] buffer in
            let count = descriptor.read(into: buffer)
            if let hash, count > 0 { hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
    }

    /// The SHA-256 of what was read, in hexadecimal; nil unless it was asked for. Nothing can be read after it.
    func finish() -> String? { hash?.finish() }
}
