import Patterns

/// A position in a text of which the formats consume digits, marks and runs of characters.
struct FormatScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.count }

    /// Consumes a number with exactly `digits` digits and a value of at most `limit`, if the number is next.
    mutating func number(of digits: Int, upTo limit: Int) -> Int? {
        guard text.count - position >= digits else { return nil }
        var value = 0
        for byte in text[position..<position + digits] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        guard value <= limit else { return nil }
        position += digits
        return value
    }

    /// Consumes one of two marks if the mark is next.
    mutating func takes(_ mark: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < text.count else { return false }
        let scalar = Unicode.Scalar(text[position])
        guard scalar == mark || scalar == other else { return false }
        position += 1
        return true
    }

    /// Consumes a run of characters in a set, and returns its length.
    mutating func takeRun(of set: ASCIISet) -> Int {
        let start = position
        while position < text.count, set.contains(text[position]) { position += 1 }
        return position - start
    }

    /// Consumes `%` and two hexadecimal digits if they are next.
    private mutating func takesPercentEncoded() -> Bool {
        guard text.count - position >= 3, text[position] == UInt8(ascii: "%") else { return false }
        let digits = text[position + 1..<position + 3]
        guard digits.allSatisfy(ASCIISet.hexadecimal.contains) else { return false }
        position += 3
        return true
    }

    /// Consumes characters of a set, a percent-encoded byte or a scalar in `ranges`, whichever is next.
    mutating func takesCharacters(of set: ASCIISet, or ranges: [ClosedRange<UInt32>] = []) -> Bool {
        takeRun(of: set) > 0 || takesPercentEncoded() || takesScalar(in: ranges)
    }

    /// Consumes a scalar beyond ASCII if the scalar is in one of the ranges.
    private mutating func takesScalar(in ranges: [ClosedRange<UInt32>]) -> Bool {
        guard position < text.count, text[position] >= 0x80 else { return false }
        var end = position
        let scalar = UTF8Text(text).takeScalar(after: &end)
        guard ranges.contains(where: { $0.contains(scalar) }) else { return false }
        position = end
        return true
    }
}

/// A set of ASCII characters, one bit for each.
struct ASCIISet: Sendable {
    private let low: UInt64
    private let high: UInt64

    static let digits = ASCIISet("0123456789")
    static let hexadecimal = digits.union("abcdefABCDEF")
    static let letters = ASCIISet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    static let alphanumeric = letters.union(digits)

    func union(_ other: ASCIISet) -> ASCIISet { ASCIISet(low: low | other.low, high: high | other.high) }

    func union(_ characters: StaticString) -> ASCIISet { union(ASCIISet(characters)) }

    func contains(_ byte: UInt8) -> Bool {
        byte < 0x80 && (byte < 64 ? low >> byte : high >> (byte - 64)) & 1 == 1
    }
}

extension ASCIISet {
    init(_ characters: StaticString) {
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        characters.withUTF8Buffer { bytes in
            for byte in bytes {
                if byte < 64 { bits.low |= 1 << byte } else { bits.high |= 1 << (byte - 64) }
            }
        }
        self.init(low: bits.low, high: bits.high)
    }
}
