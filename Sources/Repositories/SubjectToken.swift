/// What a store knows a subject by: 32 bytes that stand for one CPF in one base.
///
/// Tokens of different bases cannot be joined, and none leads back to its CPF without the base's key.
package struct SubjectToken: Hashable, Sendable {
    package static let byteCount = 32

    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    /// Copies exactly 32 bytes; nil for any other count.
    @inlinable
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    @inlinable
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var copy = words
        return try withUnsafeBytes(of: &copy, body)
    }

    @inlinable
    package static func == (left: SubjectToken, right: SubjectToken) -> Bool {
        left.words == right.words
    }

    /// A token is a MAC already: its first word is as good a hash as any.
    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}
