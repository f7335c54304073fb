/// The last four digits of a card's number, all of it that may be kept in clear (PCI DSS 4.0, requirement 3.4.1).
package struct CardLast4: TextValue, PersonalValue {
    /// The four digits as a number.
    package let number: UInt16

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 4, let number = text.decimal(0..<4) else { return nil }
        self.number = UInt16(number)
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { text in
            text.writeDecimal(Int(number), width: 4, at: 0)
            return body(UnsafeBufferPointer(rebasing: text[..<4]))
        }
    }
}
