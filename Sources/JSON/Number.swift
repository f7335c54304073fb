/// The exact value of a number's text: a view of its significant digits with a sign and a power of ten.
///
/// The value is ±digits × 10^exponent, the digits without zeros at either end; zero has no digits. Nothing is
/// rounded, and nothing costs more time for a large exponent. It points into the text as ``Value`` does.
package struct Number {
    package let isNegative: Bool
    /// From the first to the last digit that is not zero; a decimal point may lie among them.
    let digits: UnsafeBufferPointer<UInt8>
    /// The digits alone, without the point.
    package let digitCount: Int
    /// The power of ten of the last digit.
    package let exponent: Int

    /// Takes the text of a number as the parser has let it through (RFC 8259 §6).
    package init(text: UnsafeBufferPointer<UInt8>) {
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

    /// The value of `e+12`, at most 18 digits after the zeros, as the parser sees to.
    private static func exponent(in part: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var value = 0
        for byte in part where byte &- UInt8(ascii: "0") < 10 {
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        return part.contains(UInt8(ascii: "-")) ? -value : value
    }

    package var isZero: Bool { digitCount == 0 }

    /// Whether the number is mathematically an integer: 1.0 and 1e2 are.
    package var isInteger: Bool { exponent >= 0 }

    /// The digits as the numbers 0 to 9, the most significant first.
    package var digitValues: some Sequence<UInt8> {
        digits.lazy.filter { $0 != UInt8(ascii: ".") }.map { $0 &- UInt8(ascii: "0") }
    }

    /// The number, when it is an integer within Int64; never rounded.
    package var int64: Int64? {
        guard isInteger, digitCount + exponent <= 19 else { return isZero ? 0 : nil }
        var magnitude: UInt64 = 0
        for digit in digitValues { magnitude = magnitude * 10 + UInt64(digit) }
        for _ in 0..<exponent { magnitude *= 10 }
        if isNegative { return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }
}
