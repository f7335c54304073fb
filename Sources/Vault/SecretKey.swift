import Bureau
import COpenSSL
import Glibc

/// 32 secret bytes in a page of their own: kept out of swap and core dumps where the system allows, wiped when
/// released.
///
/// For the few keys that live as long as the process. The contexts that OpenSSL makes of a key lie on its ordinary
/// heap, and OpenSSL wipes them when they are freed.
final class SecretKey: Sendable {
    static let byteCount = 32

    // Written by `init` alone, so threads may share it; the compiler cannot see that behind a pointer.
    private nonisolated(unsafe) let page: UnsafeMutableRawPointer
    private let pageBytes: Int

    /// Makes a key of what `write` puts into its 32 bytes.
    init<E: Error>(writtenBy write: (UnsafeMutableRawBufferPointer) throws(E) -> Void) throws(E) {
        pageBytes = Int(getpagesize())
        page = .allocate(byteCount: pageBytes, alignment: pageBytes)
        // Both are best effort: a container may allow no locked memory, and the key is no less needed then.
        mlock(page, pageBytes)
        madvise(page, pageBytes, MADV_DONTDUMP)
        page.initializeMemory(as: UInt8.self, repeating: 0, count: SecretKey.byteCount)
        try write(UnsafeMutableRawBufferPointer(start: page, count: SecretKey.byteCount))
    }

    deinit {
        OPENSSL_cleanse(page, SecretKey.byteCount)
        madvise(page, pageBytes, MADV_DODUMP)
        munlock(page, pageBytes)
        page.deallocate()
    }

    /// Lends the key's bytes to `body`, which must not keep or copy them.
    func withBytes<R: ~Copyable, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: page, count: SecretKey.byteCount))
    }
}
