/// A country by two upper-case letters, in the form of ISO 3166-1 alpha-2.
///
/// Only the form is checked: the standard's list changes more often than this program is built.
package struct CountryCode: TextValue {
    /// The two letters.
    package let text: String

    /// Brazil, the country of an address that names none.
    package static let brazil = CountryCode(known: "BR")

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard text.count == 2, text.allSatisfy(letters.contains) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    private init(known text: String) {
        self.text = text
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = text
        return text.withUTF8(body)
    }
}
