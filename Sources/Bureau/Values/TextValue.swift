/// A value with one canonical text, read from and written as UTF-8 bytes.
///
/// Reading is strict: a text in another form is refused and never repaired. A written text reads back as an equal
/// value.
public protocol TextValue: Sendable, Hashable {
    /// Reads the whole of `text`; nil when it is not an accepted form. The bytes are not kept.
    init?(_ text: UnsafeBufferPointer<UInt8>)

    /// Lends the canonical text to `body`, without an allocation. The pointer is not valid after `body` returns.
    ///
    /// Types that are written often make it inlinable, because an unspecialised call looks up generic metadata.
    func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R
}

extension TextValue {
    /// Reads the UTF-8 form of `text`; nil when it is not an accepted form.
    public init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Self($0) }) else { return nil }
        self = value
    }

    /// The canonical text.
    public var text: String {
        withText { String(decoding: $0, as: UTF8.self) }
    }
}

extension TextValue where Self: RawRepresentable, RawValue == String {
    /// Reads a raw value from a closed list of ASCII names; nil for any other text.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        // Swift compares strings by canonical equivalence, so U+212A (Kelvin) equals the letter K; the wire compares
        // bytes.
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.init(rawValue: String(decoding: text, as: UTF8.self))
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var name = rawValue
        return name.withUTF8(body)
    }
}

/// A value that keeps its canonical text as it was read.
protocol StoredTextValue: TextValue {
    var text: String { get }
}

extension StoredTextValue {
    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = text
        return text.withUTF8(body)
    }
}

/// Lends the last `count` decimal digits of `number`, with leading zeros.
func withDigits<R>(of number: Int, count: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { text in
        text.writeDecimal(number, width: count, at: 0)
        return body(UnsafeBufferPointer(rebasing: text[..<count]))
    }
}

extension UInt8 {
    /// Whether the byte is one of `0-9` in ASCII.
    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    /// Whether the byte is one of `A-Z` in ASCII.
    var isCapital: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
    /// Whether the byte is one of `A-Z a-z` in ASCII.
    var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }
    /// The capital of one of `a-z` in ASCII, and any other byte itself.
    var capital: UInt8 { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self ? self & 0xDF : self }
}

extension UnsafeBufferPointer<UInt8> {
    /// Reads the ASCII digits of `range`; nil when another byte is among them or the text is too short.
    ///
    /// The range is at most 18 bytes long, so that the number fits.
    func decimal(_ range: Range<Int>) -> Int? {
        guard range.upperBound <= count else { return nil }
        var number = 0
        for index in range {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes the last `width` decimal digits of `number`, which is not negative, with leading zeros from `offset` on.
    @inline(__always)
    func writeDecimal(_ number: Int, width: Int, at offset: Int) {
        var rest = UInt64(number)
        for index in stride(from: offset + width - 1, through: offset, by: -1) {
            let quotient = rest / 10
            self[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
    }
}
