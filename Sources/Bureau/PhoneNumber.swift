/// An international telephone number: `+` and 8 to 15 digits, of which the first is not zero (ITU-T E.164).
package struct PhoneNumber: TextValue, PersonalValue {
    /// The digits after the `+` as a number; it has no leading zero to lose.
    package let number: UInt64

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard (9...16).contains(text.count), text[0] == UInt8(ascii: "+"), text[1] != UInt8(ascii: "0"),
            let number = text.decimal(1..<text.count)
        else { return nil }
        self.number = UInt64(number)
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = "+\(number)"
        return text.withUTF8(body)
    }
}
