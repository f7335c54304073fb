/// Reading and writing runs of ASCII digits in place.
extension UnsafeBufferPointer<UInt8> {
    /// The number written by the ASCII digits of `range`; nil when a byte is not one or the range is not in the text.
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
