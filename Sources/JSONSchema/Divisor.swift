import JSON

/// The value of `multipleOf`: magnitude × 10^exponent.
struct Divisor {
    private let magnitude: Magnitude
    private let exponent: Int

    private enum Magnitude {
        /// At most eighteen digits.
        case short(UInt64)
        /// Kept elsewhere, so that a rule is plain memory, which costs nothing to hand around.
        case long(UnsafePointer<LongDivisor>)
    }

    /// Keeps what it must in `arena`. nil for what is not above zero.
    init?(_ number: Number, in arena: Arena) {
        guard !number.isZero, !number.isNegative else { return nil }
        magnitude =
            number.digitCount <= 18
            ? .short(number.digitValues.reduce(0) { $0 * 10 + UInt64($1) })
            : .long(UnsafePointer(arena.store(one: LongDivisor(digits: number.digitValues))))
        exponent = number.exponent
    }

    /// Whether a number is a whole multiple, in decimal arithmetic: 4.02 is one of 0.01. Takes time linear in the digits
    /// of the two, whatever their exponents.
    func divides(_ number: Number) -> Bool {
        guard !number.isZero else { return true }
        // Neither has zeros at its end, so a number of a finer last place is no multiple.
        guard number.exponent >= exponent else { return false }
        let zeros = number.exponent - exponent
        switch magnitude {
        case .short(let magnitude):
            // A zero more adds one factor of two and of five, and no others: beyond as many as the magnitude can have,
            // which are fewer than its bits, they change nothing.
            let remainder = number.digitValues.reduce(0) { ($0 * 10 + UInt64($1)) % magnitude }
            return (0..<min(zeros, 64)).reduce(remainder) { rest, _ in rest * 10 % magnitude } == 0
        case .long(let magnitude):
            return magnitude.pointee.divides(number.digitValues, followedByZeros: zeros)
        }
    }
}
