extension Writer {
    /// Appends an integer.
    @inlinable
    public mutating func number(_ value: Int) {
        number(Int64(value))
    }

    /// Appends an integer.
    public mutating func number(_ value: Int64) {
        separate()
        isCommaDue = true
        if value < 0 { append(UInt8(ascii: "-")) }
        let digitCount = Writer.digitCount(of: value.magnitude)
        appendUpTo(digitCount) { target in
            var rest = value.magnitude
            for index in stride(from: digitCount - 1, through: 0, by: -1) {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                target[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            }
            return digitCount
        }
    }

    private static func digitCount(of magnitude: UInt64) -> Int {
        var digitCount = 1
        var limit: UInt64 = 10
        while magnitude >= limit {
            digitCount += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        return digitCount
    }
}
