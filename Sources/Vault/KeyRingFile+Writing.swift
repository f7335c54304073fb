import Bureau
import Glibc

extension KeyRingFile {
    /// Puts a new file at `path`, whole and flushed to the disk, or none.
    ///
    /// The text is written under another name first; link(2) then gives it the name at once, and never replaces a file.
    static func write(_ text: UnsafeRawBufferPointer, to path: String) throws(KeyRingError) {
        let draft = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard descriptor >= 0 else { throw .system(call: "open", code: errno) }
        defer { unlink(draft) }
        try fill(descriptor, with: text)
        guard link(draft, path) == 0 else {
            throw errno == EEXIST ? .alreadyExists : .system(call: "link", code: errno)
        }
        try flushFolder(of: path)
    }

    /// Writes and flushes the text, and closes the file in any case.
    private static func fill(_ descriptor: Int32, with text: UnsafeRawBufferPointer) throws(KeyRingError) {
        defer { close(descriptor) }
        // The umask may have taken away even the owner's rights.
        guard fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 else { throw .system(call: "fchmod", code: errno) }
        try writeAll(text, to: descriptor)
        guard fsync(descriptor) == 0 else { throw .system(call: "fsync", code: errno) }
    }

    /// Makes the names in the folder of `path` outlive a crash of the machine.
    static func flushFolder(of path: String) throws(KeyRingError) {
        let descriptor = Glibc.open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(call: "open", code: errno) }
        defer { close(descriptor) }
        // A read-only file system, which has nothing to flush, may answer with either of these.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw .system(call: "fsync", code: errno)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func writeAll(_ text: UnsafeRawBufferPointer, to descriptor: Int32) throws(KeyRingError) {
        var count = 0
        while count < text.count {
            let put = Glibc.write(descriptor, text.baseAddress?.advanced(by: count), text.count - count)
            if put >= 0 {
                count += put
            } else if errno != EINTR {
                throw .system(call: "write", code: errno)
            }
        }
    }
}
