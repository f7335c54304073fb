/// The identifier of an event, chosen by whoever reports it (a Pix end-to-end id, for one) or made from a `RecordID`.
///
/// It has 1 to 64 bytes of `A-Z a-z 0-9 . _ : -`. It is hidden from logs because a client may have put anything into
/// it.
package struct EventID: TextValue, Comparable, PersonalValue {
    /// The identifier as it was given.
    package let text: String

    /// The identifier of an event that came without one.
    package init(_ record: RecordID) {
        text = record.text
    }

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard (1...64).contains(text.count), text.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = text
        return text.withUTF8(body)
    }

    /// Orders by bytes, which for ASCII is how Swift orders strings.
    package static func < (one: EventID, other: EventID) -> Bool { one.text < other.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
