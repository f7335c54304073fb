import Bureau
import JSON
import JSONRPC
import JSONSchema

/// The formats of the field, by their names in the contracts; each is the parser of its value.
///
/// The formats that JSON Schema names too are narrower here: a time is no finer than a microsecond, and a day or an
/// e-mail address is one that the bureau can keep.
package enum BureauFormats {
    package static let all: [Format] = [
        format("date", CalendarDate.self), format("date-time", Instant.self), format("email", EmailAddress.self),
        format("uuid", RecordID.self), format("cpf", CPF.self), format("cnpj", CNPJ.self),
        format("cep", PostalCode.self), format("uf", FederativeUnit.self), format("phone", PhoneNumber.self),
        format("country", CountryCode.self), format("mcc", MerchantCategoryCode.self),
        format("card-last4", CardLast4.self), format("event-id", EventID.self),
        Format(name: "cursor", accepts: isCursor),
    ]

    private static func format<T: TextValue>(_ name: String, _ type: T.Type) -> Format {
        Format(name: name) { T($0) != nil }
    }

    /// Whether a text has the form of a `nextCursor`; the method finds out whether a page gave it out.
    private static func isCursor(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        1...160 ~= text.count
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
