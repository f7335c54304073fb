/// The identifier of a subject within one base: 32 bytes in place of a CPF, made by the vault of that base, and the
/// number of the token key that has made them.
///
/// A CPF has a different token in each base, so that dumps of two bases cannot be joined. Without the base's key, no
/// token leads back to its CPF. Tokens compare by their bytes, in memory and in every store.
public struct SubjectToken: Hashable, Sendable, Comparable, CustomStringConvertible, CustomReflectable {
    /// The bytes that a key makes. A token of another key than the first one has that key's number behind them.
    public static let byteCount = 32
    public static let mostBytes = byteCount + 1

    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)
    /// The number of the token key; 0 for the first one, which every ring has.
    public let keyNumber: UInt8

    /// Copies the bytes as a store has them; nil for any other shape.
    @inlinable
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount || bytes.count == Self.mostBytes else { return nil }
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
        keyNumber = bytes.count == Self.byteCount ? 0 : bytes[Self.byteCount]
        // Each token has one form.
        if bytes.count == Self.mostBytes, keyNumber == 0 { return nil }
    }

    /// Copies the bytes as a store has them; nil for any other shape.
    public init?(bytes: [UInt8]) {
        guard let token = bytes.withUnsafeBytes({ SubjectToken(bytes: $0) }) else { return nil }
        self = token
    }

    /// Makes a token of a key from the 32 bytes that `write` fills.
    public init(keyNumber: UInt8 = 0, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words, write)
        self.words = words
        self.keyNumber = keyNumber
    }

    /// Lends the bytes as stores have them to `body`, which must not keep them.
    @inlinable
    public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        // The number lies right behind the words.
        var copy = (words, keyNumber)
        return try withUnsafeBytes(of: &copy) { (bytes) throws(E) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<(keyNumber == 0 ? Self.byteCount : Self.mostBytes)]))
        }
    }

    /// Lends the 32 bytes that the key has made.
    public func withWords<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var copy = words
        return try withUnsafeBytes(of: &copy, body)
    }

    public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    @inlinable
    public static func == (left: SubjectToken, right: SubjectToken) -> Bool {
        left.words == right.words && left.keyNumber == right.keyNumber
    }

    /// Hashes the first word alone, because any 8 bytes of a MAC are as random as all 32.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }

    public static func < (left: SubjectToken, right: SubjectToken) -> Bool {
        let (one, other) = (left.bigEndianWords, right.bigEndianWords)
        return one == other ? left.keyNumber < right.keyNumber : one < other
    }

    private var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }

    /// A fixed text, because a token identifies a person and must not appear in logs.
    public var description: String { "SubjectToken" }

    /// A mirror without children, so that `dump` and test output show nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
