/// The name of a subject inside one base: HMAC-SHA-256 of its CPF under that base's token key.
///
/// The same CPF has a different token in each base, so that dumps of two bases cannot be joined. Tokens compare as
/// their 32 bytes do, in memory and in any store.
package struct Token: Hashable, Comparable, Sendable {
    /// The length of a token.
    package static let byteCount = 32

    // Big-endian words, so that comparing them compares the bytes in order.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Takes the 32 bytes of a token, as a store returns them; nil for any other length.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Token.byteCount else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// Takes the 32 bytes of a token, as a store returns them; nil for any other length.
    package init?(bytes: [UInt8]) {
        guard let token = bytes.withUnsafeBytes({ Token(bytes: $0) }) else { return nil }
        self = token
    }

    /// Makes a token from what `write` puts into the 32 bytes that it is given.
    init(writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        var raw: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &raw, write)
        words = (raw.0.bigEndian, raw.1.bigEndian, raw.2.bigEndian, raw.3.bigEndian)
    }

    /// Lends the token's 32 bytes to `body`; they must not be kept after it returns.
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let raw = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try withUnsafePointer(to: raw) { (pointer) throws(E) -> R in
            try body(UnsafeRawBufferPointer(start: pointer, count: Token.byteCount))
        }
    }

    /// The token's 32 bytes.
    package var bytes: [UInt8] {
        withBytes { [UInt8]($0) }
    }

    package static func == (left: Token, right: Token) -> Bool {
        left.words == right.words
    }

    package static func < (left: Token, right: Token) -> Bool {
        left.words < right.words
    }

    package func hash(into hasher: inout Hasher) {
        // Any 8 bytes of an HMAC are as good as all 32.
        hasher.combine(words.0)
    }
}

extension Token: CustomStringConvertible, CustomReflectable {
    /// A fixed text: a token names a person, so it has no place in logs.
    package var description: String { "Token" }

    /// No children, so that `dump` and test output show nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
