/// A set of ASCII characters, one bit each.
struct ASCIISet: Sendable {
    private let low: UInt64
    private let high: UInt64

    static let digits = ASCIISet("0123456789")
    static let hexadecimal = digits.union("abcdefABCDEF")
    static let letters = ASCIISet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    static let alphanumeric = letters.union(digits)

    init(_ characters: StaticString) {
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        characters.withUTF8Buffer { bytes in
            for byte in bytes {
                if byte < 64 { bits.low |= 1 << byte } else { bits.high |= 1 << (byte - 64) }
            }
        }
        (low, high) = bits
    }

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    func union(_ other: ASCIISet) -> ASCIISet { ASCIISet(low: low | other.low, high: high | other.high) }

    func union(_ characters: StaticString) -> ASCIISet { union(ASCIISet(characters)) }

    func contains(_ byte: UInt8) -> Bool {
        byte < 0x80 && (byte < 64 ? low >> byte : high >> (byte - 64)) & 1 == 1
    }
}
