import Patterns

/// A format that the keyword `format` can require of strings.
public struct Format: Sendable {
    /// The name of the format, such as `cpf`.
    public let name: String
    /// What is accepted, in words and with an example: `a host name in ASCII, as www.example.com`.
    public let accepted: String
    /// Whether a string has the format. The function gets the UTF-8, which is valid only during the call.
    public let accepts: @Sendable (UnsafeBufferPointer<UInt8>) -> Bool

    public init(
        name: String, accepted: String, accepts: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        self.name = name
        self.accepted = accepted
        self.accepts = accepts
    }

    /// Creates a format of texts that `takes` consumes completely.
    init(_ name: String, accepted: String, takes: @escaping @Sendable (inout FormatScanner) -> Bool) {
        self.init(name: name, accepted: accepted) { text in
            var scanner = FormatScanner(text)
            return takes(&scanner) && scanner.isAtEnd
        }
    }

    /// The formats of draft 2020-12 (JSON Schema Validation §7.3).
    public static let standard: [Format] = [
        dateTime, date, time, duration, email, idnEmail, hostname, idnHostname, ipv4, ipv6, uri, uriReference, iri,
        iriReference, uuid, uriTemplate, jsonPointer, relativeJSONPointer, regex,
    ]

    typealias Part = Slice<UnsafeBufferPointer<UInt8>>
}

// Pointers, regular expressions and UUIDs.
extension Format {
    /// A JSON Pointer in its string form (RFC 6901 §3).
    public static let jsonPointer = Format(name: "json-pointer", accepted: "a JSON Pointer, as /debts/0") {
        isJSONPointer($0[...])
    }

    /// A relative JSON Pointer such as `1/name`, `0#` or `2+1/name` (draft-bhutton-relative-json-pointer-00 §3).
    public static let relativeJSONPointer = Format(
        name: "relative-json-pointer", accepted: "a relative JSON Pointer, as 1/name"
    ) { text in
        var scanner = FormatScanner(text)
        func takesInteger() -> Bool { scanner.takes("0") || scanner.takeRun(of: .digits) > 0 }
        guard takesInteger(), !scanner.takes("+", or: "-") || takesInteger() else { return false }
        if scanner.takes("#") { return scanner.isAtEnd }
        return isJSONPointer(text[scanner.position...])
    }

    /// A regular expression of ECMA-262 with the `u` flag, even one that `pattern` refuses.
    public static let regex = Format(name: "regex", accepted: "a regular expression of ECMA-262, as ^[a-z]+$") {
        Pattern.isValid($0)
    }

    /// A UUID in its text form, in either case (RFC 9562 §4).
    public static let uuid = Format(name: "uuid", accepted: "a UUID, as 017f22e2-79b0-7cc3-98c4-dc0c0c07398f") {
        text in
        guard text.count == 36 else { return false }
        let digits = ASCIISet.hexadecimal
        return text.indices.allSatisfy { index in
            switch index {
            case 8, 13, 18, 23: text[index] == UInt8(ascii: "-")
            default: digits.contains(text[index])
            }
        }
    }

    private static func isJSONPointer(_ part: Part) -> Bool {
        JSONPointer.tokens(of: String(decoding: part, as: UTF8.self)) != nil
    }
}
