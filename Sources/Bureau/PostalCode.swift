/// A Brazilian postal code (CEP): eight digits, of which the last three name the delivery point.
///
/// The forms `01310100` and `01310-100` are read; the first is written, leading zeros kept.
package struct PostalCode: TextValue, PersonalValue {
    /// The eight digits as a number.
    package let number: UInt32

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch text.count {
        case 8:
            guard let number = text.decimal(0..<8) else { return nil }
            self.number = UInt32(number)
        case 9:
            guard text[5] == UInt8(ascii: "-"), let region = text.decimal(0..<5), let point = text.decimal(6..<9)
            else { return nil }
            number = UInt32(region * 1000 + point)
        default:
            return nil
        }
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8) { text in
            text.writeDecimal(Int(number), width: 8, at: 0)
            return body(UnsafeBufferPointer(rebasing: text[..<8]))
        }
    }
}
