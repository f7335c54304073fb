/// A `format` that strings can be asked to have.
package struct Format: Sendable {
    /// The value of the keyword, such as `cpf`.
    package let name: String
    /// Whether a string has the format; called with its UTF-8, which is valid only during the call.
    package let accepts: @Sendable (UnsafeBufferPointer<UInt8>) -> Bool

    package init(name: String, accepts: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool) {
        self.name = name
        self.accepts = accepts
    }

    /// The formats of draft 2020-12: JSON Schema Validation §7.3.
    package static let standard: [Format] = [
        dateTime, date, time, duration, email, idnEmail, hostname, idnHostname, ipv4, ipv6, uri, uriReference, iri,
        iriReference, uuid, uriTemplate, jsonPointer, relativeJSONPointer, regex,
    ]

    /// Some bytes of the string in question.
    typealias Part = Slice<UnsafeBufferPointer<UInt8>>
}
