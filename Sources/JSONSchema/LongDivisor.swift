/// A whole number of any size by which others are divided: schoolbook arithmetic in base 2^32.
struct LongDivisor {
    /// The least significant first; the last is not zero.
    private let limbs: [UInt32]

    init(digits: some Sequence<UInt8>) {
        var limbs: [UInt32] = []
        for digit in digits { LongDivisor.append(digit, to: &limbs) }
        self.limbs = limbs
    }

    /// Whether a number of these decimal digits and so many zeros is a whole multiple.
    ///
    /// A zero more adds one factor of two and of five, and no others: beyond as many as this number can have, which are
    /// no more than its bits, they change nothing.
    func divides(_ digits: some Sequence<UInt8>, followedByZeros zeros: Int) -> Bool {
        var remainder: [UInt32] = []
        for digit in digits { take(digit, into: &remainder) }
        for _ in 0..<min(zeros, limbs.count * 32) where !remainder.isEmpty { take(0, into: &remainder) }
        return remainder.isEmpty
    }

    /// Makes the remainder that of the number with one digit more.
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
