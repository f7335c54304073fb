import Glibc

/// Decimal numbers in ASCII, read to the nearest `Double`.
enum DecimalText {
    /// 10⁰ to 10¹⁹, which a `UInt64` holds.
    private static let powersOfTen: [UInt64] = (0...19).map { exponent in
        (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 }
    }

    /// Reads all of `bytes` as one number; nil when they are none, or when it is beyond the range of a `Double`.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var index = 0
        var end = bytes.count
        while index < end, isSpace(bytes[index]) { index += 1 }
        while index < end, isSpace(bytes[end - 1]) { end -= 1 }
        let start = index
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var digits = UInt64(0)
        let firstDigit = index
        while index < end, case let digit = bytes[index] &- 0x30, digit < 10 {
            digits = digits &* 10 &+ UInt64(digit)
            index += 1
        }
        var digitCount = index - firstDigit
        var fractionCount = 0
        if index < end, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let firstOfFraction = index
            while index < end, case let digit = bytes[index] &- 0x30, digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
                index += 1
            }
            fractionCount = index - firstOfFraction
            digitCount += fractionCount
        }
        guard digitCount > 0 else { return nil }
        guard index == end, digitCount <= 19 else { return slow(bytes, start, index, end) }
        let magnitude = quotient(digits, fractionCount)
        return isNegative ? -magnitude : magnitude
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// `digits` / 10^`exponent`, rounded to the nearest `Double` and to even when two are equally near.
    private static func quotient(_ digits: UInt64, _ exponent: Int) -> Double {
        // Both are exact up to 2⁵³ and 10²², and one division rounds once.
        if digits <= 1 << 53 { return Double(digits) / Double(powersOfTen[exponent]) }
        let power = powersOfTen[exponent]
        // The quotient of 128 by 64 bits has at least 63 bits; its last one then tells also of a remainder, so that the
        // conversion to 53 bits rounds once.
        let shift = power.leadingZeroBitCount
        let divisor = power << UInt64(shift)
        let leading = digits.leadingZeroBitCount
        let normalized = digits << UInt64(leading)
        let (quotient, remainder) = divisor.dividingFullWidth((normalized >> 1, normalized << 63))
        let exponentOfTwo = shift - leading + 1 - 64
        return scalbn(Double(remainder == 0 ? quotient : quotient | 1), Int32(exponentOfTwo))
    }

    /// Reads what has more than 19 digits or an exponent, whose digits begin at `index`, by strtod(3).
    private static func slow(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ index: Int, _ end: Int) -> Double? {
        var index = index
        if index < end {
            guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
            index += 1
            if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
            let firstDigit = index
            while index < end, bytes[index] &- 0x30 < 10 { index += 1 }
            guard index == end, index > firstDigit else { return nil }
        }
        let value = (bytes[start..<end].map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            strtod($0.baseAddress!, nil)
        }
        return value.isFinite ? value : nil
    }
}
