import Bureau

/// The secret key that seals one subject's values in one base; wiped when released.
///
/// A key carries its subject, so that no value of one subject is sealed with the key of another by mistake.
public final class DataKey: Sendable {
    static let byteCount = 32

    /// The number of the key among the subject's data keys, from 1. The associated data of sealed values holds it.
    public let generation: UInt32
    let base: Base
    /// The subject's token of the first key.
    let subject: SubjectToken
    // Threads may share it because only `init` writes it, which the compiler cannot see behind a pointer.
    private nonisolated(unsafe) let secret: UnsafeMutableRawPointer
    private let memory: SecretMemory

    /// Makes a key from the 32 bytes that `write` fills.
    init<E: Error>(
        base: Base, subject: SubjectToken, generation: UInt32, in memory: SecretMemory = SecretMemory(),
        writtenBy write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        self.base = base
        self.subject = subject
        self.generation = generation
        self.memory = memory
        secret = memory.take()
        try write(UnsafeMutableRawBufferPointer(start: secret, count: DataKey.byteCount))
    }

    deinit {
        memory.give(back: secret)
    }

    /// Whether the key may seal and open values at the location of the subject with this first token.
    func belongs(at location: SealedLocation, of first: SubjectToken) -> Bool {
        generation == location.generation && base == location.base && subject == first
    }

    /// Lends the key's bytes to `body`, which must not keep or copy them.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: secret, count: DataKey.byteCount))
    }
}
