/// Why a text is not JSON, or not JSON within the limits, and where.
package struct SyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: Reason
    /// The byte, counted from the start of the text, at which the reason holds.
    package let offset: Int

    /// What was wrong; the raw values are stable and meant for clients.
    package enum Reason: String, Sendable, CaseIterable {
        /// A byte that RFC 8259 does not allow in this place.
        case unexpectedByte = "unexpected_byte"
        case unexpectedEnd = "unexpected_end"
        /// Something other than white space after the value.
        case trailingBytes = "trailing_bytes"
        /// A byte below 0x20 inside a string (RFC 8259 §7).
        case controlCharacter = "control_character"
        /// Bytes in a string that are not UTF-8 (RFC 3629 §4): overlong forms, surrogates, cut sequences and the rest.
        case invalidUTF8 = "invalid_utf8"
        case invalidEscape = "invalid_escape"
        /// A `\uD800`...`\uDFFF` that is not half of a pair.
        case unpairedSurrogate = "unpaired_surrogate"
        /// More levels of nesting than ``Parser/Limits/maximumDepth``.
        case tooDeep = "too_deep"
        /// A number of more bytes than ``Parser/Limits/maximumNumberLength``, or one whose exponent has more than
        /// eighteen significant digits.
        case numberTooLong = "number_too_long"
        /// A text of more bytes than ``Parser/Limits/maximumLength``.
        case textTooLong = "text_too_long"
    }

    package init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
