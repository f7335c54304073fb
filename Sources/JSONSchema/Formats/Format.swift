/// A `format` that strings can be asked to have. Formats are asserted, not merely noted.
package struct Format: Sendable {
    /// The value of the keyword, such as `cpf`.
    package let name: String
    /// Whether a string has the format; called with its UTF-8, which is valid only during the call.
    package let accepts: @Sendable (UnsafeBufferPointer<UInt8>) -> Bool

    package init(name: String, accepts: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Bool) {
        self.name = name
        self.accepts = accepts
    }

    /// The formats that need no knowledge of the field.
    package static let standard: [Format] = [date, dateTime, email, uuid]
}
