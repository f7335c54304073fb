import JSON

/// The value of `multipleOf`: magnitude × 10^exponent, with at most eighteen significant digits.
struct Divisor {
    private let magnitude: UInt64
    private let exponent: Int

    /// nil for what is not above zero, or has more digits than can be reckoned with exactly.
    init?(_ number: Number) {
        guard !number.isZero, !number.isNegative, number.digitCount <= 18 else { return nil }
        magnitude = number.digitValues.reduce(0) { $0 * 10 + UInt64($1) }
        exponent = number.exponent
    }

    /// Whether a number is a whole multiple, in decimal arithmetic: 4.02 is one of 0.01. Takes time linear in the
    /// number's digits and logarithmic in its exponent.
    func divides(_ number: Number) -> Bool {
        guard !number.isZero else { return true }
        // Neither has zeros at its end, so a number of a finer last place is no multiple.
        guard number.exponent >= exponent else { return false }
        let digits = number.digitValues.reduce(0) { ($0 * 10 + UInt64($1)) % magnitude }
        return product(digits, powerOfTen(number.exponent - exponent)) == 0
    }

    private func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        magnitude.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }

    /// 10^exponent modulo the magnitude, by squaring.
    private func powerOfTen(_ exponent: Int) -> UInt64 {
        var result = 1 % magnitude
        var square = 10 % magnitude
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            rest >>= 1
        }
        return result
    }
}
