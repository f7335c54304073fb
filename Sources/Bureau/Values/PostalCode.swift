/// A Brazilian postal code (CEP): eight digits, of which the last three identify the delivery point.
///
/// The forms `01310100` and `01310-100` are read; the first is written, leading zeros kept. No CEP begins with 00: the
/// first region, Greater São Paulo, begins with 01000 (Correios).
public struct CEP: TextValue, PersonalValue {
    /// The eight digits as a number.
    public let number: UInt32

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
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
        guard number >= 1_000_000 else { return nil }
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 8, body)
    }
}

/// A postal code of any country: a text of at most 16 characters, kept as given.
///
/// Whether it must be a `CEP` depends on the country of its address.
public struct PostalCode: StoredTextValue, PersonalValue {
    public let text: String

    private static let maximumCharacters = 16

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 4 * Self.maximumCharacters, PlainText.accepts(text) else { return nil }
        let string = String(decoding: text, as: UTF8.self)
        guard string.unicodeScalars.count <= Self.maximumCharacters else { return nil }
        self.text = string
    }

    public init(_ cep: CEP) {
        text = cep.text
    }
}
