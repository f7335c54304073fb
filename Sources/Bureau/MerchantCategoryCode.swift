/// The trade of a merchant that took a card: four digits (ISO 18245).
package struct MerchantCategoryCode: TextValue {
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
