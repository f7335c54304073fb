import Bureau
import COpenSSL

/// The secret key that seals one subject's values in one base; wiped when released.
///
/// It knows whose it is, so that a batch that mixes up two subjects is refused instead of sealing one's data with the
/// other's key. It lies in ordinary memory, since thousands are alive at once.
package final class DataKey: Sendable {
    static let byteCount = 32

    /// Counts the subject's data keys, from 1; a value names the one that sealed it.
    package let generation: UInt32
    let base: Base
    let subject: SubjectToken
    // Written by `init` alone, so threads may share it; the compiler cannot see that behind a pointer.
    private nonisolated(unsafe) let secret: UnsafeMutableRawPointer

    /// Makes a key of what `write` puts into its 32 bytes.
    init<E: Error>(
        base: Base, subject: SubjectToken, generation: UInt32,
        writtenBy write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        self.base = base
        self.subject = subject
        self.generation = generation
        secret = .allocate(byteCount: DataKey.byteCount, alignment: 16)
        secret.initializeMemory(as: UInt8.self, repeating: 0, count: DataKey.byteCount)
        try write(UnsafeMutableRawBufferPointer(start: secret, count: DataKey.byteCount))
    }

    deinit {
        OPENSSL_cleanse(secret, DataKey.byteCount)
        secret.deallocate()
    }

    /// Whether the key may seal and open values there.
    func belongs(at location: Location) -> Bool {
        generation == location.generation && base == location.base && subject == location.subject
    }

    /// Lends the key's bytes to `body`, which must not keep or copy them.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: secret, count: DataKey.byteCount))
    }
}
