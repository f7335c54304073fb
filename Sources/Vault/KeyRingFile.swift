import Bureau
import COpenSSL
import Glibc
import Platform

/// A key ring's file, open for reading and known to be private.
struct KeyRingFile: ~Copyable {
    private let descriptor: Int32

    init(reading path: String, isMounted: Bool) throws(KeyRingError) {
        // Non-blocking, so that a pipe at the path cannot block the start; the pipe is refused below.
        descriptor = retryingInterrupts { open(path, O_RDONLY | (isMounted ? 0 : O_NOFOLLOW) | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: throw .notFound
            case ELOOP, ENXIO: throw .notRegularFile
            default: throw .system(call: "open", code: errno)
            }
        }
        try refuseUnlessPrivate(isMounted)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private func refuseUnlessPrivate(_ isMounted: Bool) throws(KeyRingError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
        guard status.st_uid == geteuid() || isMounted && status.st_uid == 0 else { throw .notOwned }
        let mode = status.st_mode & ~S_IFMT
        let allowed = isMounted ? S_IRUSR | S_IWUSR | S_IRGRP : S_IRUSR | S_IWUSR
        guard mode & ~allowed == 0 else { throw .looseMode(mode) }
    }

    /// Lends the whole content to `body` and wipes it afterwards.
    func withContent<R>(_ body: (UnsafeRawBufferPointer) throws(KeyRingError) -> R) throws(KeyRingError) -> R {
        // One byte above the limit shows that the file is longer.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: KeyRing.maximumFileBytes + 1, alignment: 16)
        defer {
            OPENSSL_cleanse(buffer.baseAddress, buffer.count)
            buffer.deallocate()
        }
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            switch FileDescriptor(descriptor).read(into: rest) {
            case 0: return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case let got where got > 0: count += got
            default: throw .system(call: "read", code: errno)
            }
        }
        throw .tooLong
    }

    /// Creates a file at `path` with the whole text, flushed to the disk, or no file.
    ///
    /// The text is first written under another name. Then the file gets its final name at once, and never replaces
    /// another.
    static func write(_ text: UnsafeRawBufferPointer, to path: String) throws(KeyRingError) {
        let draft = try write(draftOf: path, text)
        defer { unlink(draft) }
        for naming in Naming.allCases where try naming.name(draft, path) { break }
        try flushFolder(of: path)
    }

    /// Replaces the file at `path` by one with the whole text, at once and flushed to the disk.
    static func replace(_ path: String, with text: UnsafeRawBufferPointer) throws(KeyRingError) {
        let draft = try write(draftOf: path, text)
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw .system(call: "rename", code: code)
        }
        try flushFolder(of: path)
    }

    /// Runs `body` while no other process that takes this lock changes files in the folder of `path`.
    static func withLock<R>(besides path: String, _ body: () throws(KeyRingError) -> R) throws(KeyRingError) -> R {
        let descriptor = retryingInterrupts { open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system(call: "open", code: errno) }
        // Closing releases the lock.
        defer { close(descriptor) }
        guard retryingInterrupts({ flock(descriptor, LOCK_EX) }) == 0 else { throw .system(call: "flock", code: errno) }
        return try body()
    }

    /// Writes the text to a new file beside `path`, and returns its name.
    private static func write(draftOf path: String, _ text: UnsafeRawBufferPointer) throws(KeyRingError) -> String {
        let draft = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = retryingInterrupts {
            open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)
        }
        guard descriptor >= 0 else { throw .system(call: "open", code: errno) }
        do throws(KeyRingError) {
            try fill(descriptor, with: text)
        } catch {
            unlink(draft)
            throw error
        }
        return draft
    }

    /// A way to give a file its name without replacing another, from the best to what every file system has.
    enum Naming: CaseIterable {
        /// link(2); FAT and some network and container file systems have no hard links.
        case link
        /// rename(2), after a look under a lock of the folder that other daemons take as well.
        case renameUnderLock

        /// Names the file at `draft`; false where the file system has no such call.
        func name(_ draft: String, _ path: String) throws(KeyRingError) -> Bool {
            switch self {
            case .link:
                return try Self.isDone(Glibc.link(draft, path), "link", lacking: [EPERM, EOPNOTSUPP, ENOSYS, EACCES])
            case .renameUnderLock:
                return try Self.renameUnderLock(draft, path)
            }
        }

        private static func isDone(
            _ result: Int32, _ call: String, lacking: Set<Int32>
        ) throws(KeyRingError) -> Bool {
            if result == 0 { return true }
            if errno == EEXIST { throw .alreadyExists }
            guard lacking.contains(errno) else { throw .system(call: call, code: errno) }
            return false
        }

        private static func renameUnderLock(_ draft: String, _ path: String) throws(KeyRingError) -> Bool {
            try KeyRingFile.withLock(besides: path) { () throws(KeyRingError) in
                var status = stat()
                if lstat(path, &status) == 0 { throw .alreadyExists }
                guard errno == ENOENT else { throw .system(call: "lstat", code: errno) }
                return try isDone(rename(draft, path), "rename", lacking: [])
            }
        }
    }

    /// Writes and flushes the text, and always closes the file.
    private static func fill(_ descriptor: Int32, with text: UnsafeRawBufferPointer) throws(KeyRingError) {
        defer { close(descriptor) }
        // The umask may have removed even the owner's rights.
        guard fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 else { throw .system(call: "fchmod", code: errno) }
        guard FileDescriptor(descriptor).writeAll(text) else { throw .system(call: "write", code: errno) }
        guard retryingInterrupts({ fsync(descriptor) }) == 0 else { throw .system(call: "fsync", code: errno) }
    }

    /// Flushes the names in the folder of `path`, so that they survive a crash of the machine.
    static func flushFolder(of path: String) throws(KeyRingError) {
        let descriptor = retryingInterrupts { open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .system(call: "open", code: errno) }
        defer { close(descriptor) }
        // A read-only file system has nothing to flush, and may fail with EINVAL or EROFS.
        guard retryingInterrupts({ fsync(descriptor) }) == 0 || errno == EINVAL || errno == EROFS else {
            throw .system(call: "fsync", code: errno)
        }
    }

    fileprivate static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
