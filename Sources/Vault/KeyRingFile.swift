import Bureau
import COpenSSL
import Glibc

/// A key ring's file that has been opened for reading and found to be private.
struct KeyRingFile: ~Copyable {
    private let descriptor: Int32

    init(reading path: String) throws(KeyRingError) {
        // Non-blocking, so that a pipe at that path cannot stop the start; it is refused right below.
        descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: throw .notFound
            case ELOOP, ENXIO: throw .notRegularFile
            default: throw .system(call: "open", code: errno)
            }
        }
        try refuseUnlessPrivate()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private func refuseUnlessPrivate() throws(KeyRingError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
        guard status.st_uid == geteuid() else { throw .notOwned }
        let mode = status.st_mode & ~S_IFMT
        guard mode & ~(S_IRUSR | S_IWUSR) == 0 else { throw .looseMode(mode) }
    }

    /// Lends the whole content to `body` and wipes it afterwards.
    func withContent<R>(_ body: (UnsafeRawBufferPointer) throws(KeyRingError) -> R) throws(KeyRingError) -> R {
        // One byte more than the limit, to see that it was passed.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: KeyRing.maximumFileBytes + 1, alignment: 16)
        defer {
            OPENSSL_cleanse(buffer.baseAddress, buffer.count)
            buffer.deallocate()
        }
        var count = 0
        while count < buffer.count {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            if got == 0 { return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if got > 0 {
                count += got
            } else if errno != EINTR {
                throw .system(call: "read", code: errno)
            }
        }
        throw .tooLong
    }
}
