import Bureau
import JSON
import JSONRPC
import JSONSchema

/// The formats of the field, by their names in the contracts; each is the parser of its value.
///
/// The formats that JSON Schema names too are narrower here: a day or an e-mail address is one that the bureau can
/// keep.
public enum BureauFormats {
    public static let all: [Format] = [
        format("text", "a text that is not blank, without control, invisible or unassigned characters, as Exemplo 12") {
            PlainText.accepts($0)
        },
        format("date", CalendarDate.self, "a day of the calendar as YYYY-MM-DD, as 2026-11-30"),
        format(
            "date-time", Instant.self,
            "a date and time of RFC 3339 with its offset, as 2026-11-30T12:00:00Z or 2026-11-30T09:00:00.5-03:00"
        ),
        format(
            "email", "a mailbox of at most 254 octets, without quotes, as ana@example.com or josé@café.example",
            accepts: isEmailAddress),
        format("uuid", RecordID.self, "a UUID, as 019ab0f2-6c1e-7b3a-8d4f-0123456789ab"),
        format("cpf", CPF.self, "a CPF: 11 digits with valid check digits, as 52998224725 or 529.982.247-25"),
        format(
            "cnpj", CNPJ.self,
            "a CNPJ: 12 digits or letters and 2 valid check digits, as 12ABC34501DE35 or 12.ABC.345/01DE-35"),
        format("cep", CEP.self, "a CEP: 8 digits, as 01310100 or 01310-100"),
        format(
            "postal-code", PostalCode.self,
            "a postal code: in Brazil a CEP of 8 digits, as 01310-100; abroad 1 to 16 characters, as 1100-148"
        ),
        format("uf", FederativeUnit.self, "the two letters of one of the 27 federative units, as SP"),
        format("phone", PhoneNumber.self, "a number of E.164: a plus and 8 to 15 digits, as +5511912345678"),
        format("country", CountryCode.self, "the two letters of a country by ISO 3166-1, as BR"),
        format("mcc", MerchantCategoryCode.self, "a merchant category code of ISO 18245: 4 digits, as 5411"),
        format("card-last4", CardLast4.self, "the last 4 digits of a card's number, as 0042"),
        format("event-id", EventID.self, "1 to 64 characters of A-Z a-z 0-9 . _ : -, as E2E-20261130.1"),
        format("masked", "a text with stars in place of what is not shown, as M**** C********") { text in
            text.contains(UInt8(ascii: "*"))
        },
        format("cursor", "the nextCursor of a page, as it was given", accepts: isCursor),
    ]

    private static func format<T: TextValue>(_ name: String, _ type: T.Type, _ accepted: String) -> Format {
        Format(name: name, accepted: accepted) { T($0) != nil }
    }

    private static func format(
        _ name: String, _ accepted: String, accepts: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Format {
        Format(name: name, accepted: accepted, accepts: accepts)
    }

    /// Whether a text is an `EmailAddress` whose domain, when it has characters beyond ASCII, is of U-labels.
    private static func isEmailAddress(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard EmailAddress(text) != nil else { return false }
        guard let at = text.lastIndex(of: UInt8(ascii: "@")), text[at...].contains(where: { $0 >= 0x80 }) else {
            return true
        }
        return Format.idnHostname.accepts(UnsafeBufferPointer(rebasing: text[(at + 1)...]))
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
