import JSON

/// The value of `multipleOf`: magnitude × 10^exponent.
struct Divisor {
    private let magnitude: Magnitude
    private let exponent: Int

    private enum Magnitude {
        /// At most eighteen digits.
        case short(UInt64)
        /// A longer number, stored elsewhere so that rules are plain memory and cheap to copy.
        case long(UnsafePointer<LongDivisor>)
    }

    /// Creates a divisor; nil unless the number is positive. A long divisor is stored in `arena`.
    init?(_ number: Number, in arena: Arena) {
        guard !number.isZero, !number.isNegative else { return nil }
        magnitude =
            number.digitCount <= 18
            ? .short(number.digitValues.reduce(0) { $0 * 10 + UInt64($1) })
            : .long(UnsafePointer(arena.store(one: LongDivisor(digits: number.digitValues))))
        exponent = number.exponent
    }

    /// Whether a number is an integer multiple of the divisor in decimal arithmetic, as 4.02 is of 0.01.
    ///
    /// Takes time linear in the number of digits, whatever the exponents.
    func divides(_ number: Number) -> Bool {
        guard !number.isZero else { return true }
        // Neither has trailing zeros, so a number with more decimal places is not a multiple.
        guard number.exponent >= exponent else { return false }
        let zeros = number.exponent - exponent
        switch magnitude {
        case .short(let magnitude):
            // Each zero adds a factor of two and a factor of five. The magnitude has fewer of these than bits, so 64
            // zeros are enough.
            let remainder = number.digitValues.reduce(0) { ($0 * 10 + UInt64($1)) % magnitude }
            return (0..<min(zeros, 64)).reduce(remainder) { rest, _ in rest * 10 % magnitude } == 0
        case .long(let magnitude):
            return magnitude.pointee.divides(number.digitValues, followedByZeros: zeros)
        }
    }
}

/// A divisor of arbitrary size, with schoolbook arithmetic in base 2^32.
private struct LongDivisor {
    /// The digits in base 2^32, the least significant first. The last is not zero.
    private let limbs: [UInt32]

    init(digits: some Sequence<UInt8>) {
        limbs = digits.reduce(into: []) { LongDivisor.append($1, to: &$0) }
    }

    /// Whether the number with the given decimal digits and trailing zeros is a multiple.
    ///
    /// More zeros than bits of the divisor change nothing, because each adds one factor of two and one of five.
    func divides(_ digits: some Sequence<UInt8>, followedByZeros zeros: Int) -> Bool {
        var remainder: [UInt32] = []
        for digit in digits { take(digit, into: &remainder) }
        for _ in 0..<min(zeros, limbs.count * 32) where !remainder.isEmpty { take(0, into: &remainder) }
        return remainder.isEmpty
    }

    /// Updates the remainder for one more digit.
    private func take(_ digit: UInt8, into remainder: inout [UInt32]) {
        LongDivisor.append(digit, to: &remainder)
        while !isAbove(remainder) { subtract(from: &remainder) }
    }

    private static func append(_ digit: UInt8, to limbs: inout [UInt32]) {
        var carry = UInt64(digit)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * 10 + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    private func isAbove(_ other: [UInt32]) -> Bool {
        guard limbs.count == other.count else { return limbs.count > other.count }
        for index in limbs.indices.reversed() where limbs[index] != other[index] { return limbs[index] > other[index] }
        return false
    }

    private func subtract(from other: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in other.indices {
            let difference = Int64(other[index]) - (index < limbs.count ? Int64(limbs[index]) : 0) - borrow
            other[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        while other.last == 0 { other.removeLast() }
    }
}
