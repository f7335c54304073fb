/// Whole numbers as decimal text.
enum Decimal {
    /// Writes `number` so that it ends where `text` ends, and tells where it is. Twenty bytes hold any number.
    static func write(
        _ number: Int64, atEndOf text: UnsafeMutableBufferPointer<UInt8>
    ) -> Slice<UnsafeMutableBufferPointer<UInt8>> {
        var start = text.endIndex
        var rest = number.magnitude
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            start -= 1
            text[start] = UInt8(ascii: "-")
        }
        return text[start...]
    }

    /// Reads an optional minus and digits; nil for anything else and for what does not fit.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tens, overflows) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (sum, overflowsToo) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !overflows, !overflowsToo else { return nil }
            number = sum
        }
        return number
    }
}
