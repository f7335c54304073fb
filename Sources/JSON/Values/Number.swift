/// The exact value of a number: ±digits × 10^exponent.
///
/// The digits have no zeros at either end; zero has no digits. Nothing is rounded, and the size of the exponent does
/// not affect the time of any operation. A number points into the text as ``Value`` does.
public struct Number {
    public let isNegative: Bool
    /// The text from the first to the last non-zero digit, possibly with a decimal point in it.
    let digits: UnsafeBufferPointer<UInt8>
    /// The number of digits, without the decimal point.
    public let digitCount: Int
    /// The power of ten by which the last digit is multiplied.
    public let exponent: Int

    /// Reads a number that the parser has accepted (RFC 8259 §6).
    public init(text: UnsafeBufferPointer<UInt8>) {
        isNegative = text.first == UInt8(ascii: "-")
        var point: Int?
        var first: Int?
        var last = 0
        var end = isNegative ? 1 : 0
        scan: while end < text.count {
            switch text[end] {
            case UInt8(ascii: "."):
                point = end
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                break scan
            case UInt8(ascii: "0"):
                break
            default:
                first = first ?? end
                last = end
            }
            end += 1
        }
        guard let first else {
            digits = UnsafeBufferPointer(start: nil, count: 0)
            digitCount = 0
            exponent = 0
            return
        }
        digits = UnsafeBufferPointer(rebasing: text[first...last])
        let pointAt = point ?? end
        let pointInside = first < pointAt && pointAt < last
        digitCount = last - first + 1 - (pointInside ? 1 : 0)
        let lastPower = last < pointAt ? pointAt - last - 1 : pointAt - last
        exponent = lastPower + Number.exponent(in: text[end...])
    }

    /// Reads an exponent such as `e+12`. The sum cannot overflow because the parser accepts at most 18 digits.
    private static func exponent(in part: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var value = 0
        for byte in part where byte &- UInt8(ascii: "0") < 10 {
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        return part.contains(UInt8(ascii: "-")) ? -value : value
    }

    public var isZero: Bool { digitCount == 0 }

    /// Whether the value is an integer, as 1.0 and 1e2 are.
    public var isInteger: Bool { exponent >= 0 }

    /// The digits as values from 0 to 9, the most significant first.
    public var digitValues: some Sequence<UInt8> {
        digits.lazy.filter { $0 != UInt8(ascii: ".") }.map { $0 &- UInt8(ascii: "0") }
    }

    /// The value if it is an integer within Int64; never rounded.
    public var int64: Int64? {
        guard isInteger, digitCount + exponent <= 19 else { return isZero ? 0 : nil }
        var magnitude: UInt64 = 0
        for digit in digitValues { magnitude = magnitude * 10 + UInt64(digit) }
        for _ in 0..<exponent { magnitude *= 10 }
        if isNegative { return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }
}

extension Number: Comparable, Hashable {
    public static func == (left: Number, right: Number) -> Bool { left.order(to: right) == 0 }

    public static func < (left: Number, right: Number) -> Bool { left.order(to: right) < 0 }

    /// Compares with `other`: negative if less, zero if equal, positive if greater.
    public func order(to other: Number) -> Int {
        let (sign, otherSign) = (sign, other.sign)
        guard sign == otherSign, sign != 0 else { return sign - otherSign }
        return sign * orderOfMagnitude(to: other)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Compares the magnitudes of two numbers that are not zero.
    private func orderOfMagnitude(to other: Number) -> Int {
        let (places, otherPlaces) = (digitCount + exponent, other.digitCount + other.exponent)
        guard places == otherPlaces else { return places < otherPlaces ? -1 : 1 }
        for (digit, otherDigit) in zip(digitValues, other.digitValues) where digit != otherDigit {
            return digit < otherDigit ? -1 : 1
        }
        return digitCount == other.digitCount ? 0 : digitCount < other.digitCount ? -1 : 1
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(sign)
        hasher.combine(isZero ? 0 : exponent)
        for digit in digitValues { hasher.combine(digit) }
    }
}

extension Value {
    /// The exact value of a number; nil for any other kind.
    public var number: Number? { kind == .number ? Number(text: rawText) : nil }

    /// The value of an integer within Int64, in any notation: `1.0`, `1e2` or `-0`; nil for everything else.
    @inlinable public var int64: Int64? {
        guard kind == .number else { return nil }
        return shortInteger ?? longInteger
    }

    /// The value of an integer without point and exponent, of at most 18 bytes; nil for everything else.
    ///
    /// Nearly every integer is this short, and cannot overflow.
    @inlinable public var shortInteger: Int64? {
        guard node.pointee.tag & ~7 == 0, kind == .number, node.pointee.length <= 18 else { return nil }
        let text = rawText
        let isNegative = text[0] == UInt8(ascii: "-")
        var magnitude: Int64 = 0
        for index in (isNegative ? 1 : 0)..<text.count {
            magnitude = magnitude &* 10 &+ Int64(truncatingIfNeeded: text[index] &- UInt8(ascii: "0"))
        }
        return isNegative ? -magnitude : magnitude
    }

    /// Whether the value is an integer in any notation: `1`, `1.0` or `1e400`.
    @inlinable public var isInteger: Bool {
        kind == .number && (node.pointee.tag & TapeNode.fractional == 0 || isFractionalNotationOfInteger)
    }

    @usableFromInline var isFractionalNotationOfInteger: Bool { Number(text: rawText).isInteger }

    @usableFromInline var longInteger: Int64? { Number(text: rawText).int64 }
}
