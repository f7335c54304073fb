/// The identifier of a subject within one base: 32 bytes in place of a CPF, made by the vault of that base.
///
/// A CPF has a different token in each base, so that dumps of two bases cannot be joined. Without the base's key, no
/// token leads back to its CPF. Tokens compare by their bytes, in memory and in every store.
package struct SubjectToken: Hashable, Sendable, Comparable, CustomStringConvertible, CustomReflectable {
    package static let byteCount = 32

    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    /// Copies exactly 32 bytes; nil for any other count.
    @inlinable
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    /// Copies exactly 32 bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard let token = bytes.withUnsafeBytes({ SubjectToken(bytes: $0) }) else { return nil }
        self = token
    }

    /// Makes a token from the 32 bytes that `write` fills.
    package init(writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words, write)
        self.words = words
    }

    /// Lends the token's 32 bytes to `body`, which must not keep them.
    @inlinable
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var copy = words
        return try withUnsafeBytes(of: &copy, body)
    }

    package var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    @inlinable
    package static func == (left: SubjectToken, right: SubjectToken) -> Bool {
        left.words == right.words
    }

    /// Hashes the first word alone, because any 8 bytes of a MAC are as random as all 32.
    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }

    package static func < (left: SubjectToken, right: SubjectToken) -> Bool {
        left.bigEndianWords < right.bigEndianWords
    }

    private var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }

    /// A fixed text, because a token identifies a person and must not appear in logs.
    package var description: String { "SubjectToken" }

    /// A mirror without children, so that `dump` and test output show nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
