/// The rule for texts of people that are kept: a person can read them, and nothing in them is hidden.
///
/// White space alone is refused, and every character that shows nothing or changes how others are shown: controls,
/// formats (bidi controls, zero-width characters and tags among them), separators of lines and paragraphs, private use
/// and what Unicode has not assigned (general categories Cc, Cf, Zl, Zp, Co, Cn), and the code points that are ignored
/// by default (Default_Ignorable_Code_Point). A text is never changed: it may be in NFC, NFD or neither.
public enum PlainText {
    /// Whether UTF-8 keeps the rule. Malformed UTF-8 does not.
    public static func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var isBlank = true
        var index = 0
        while index < text.count, text[index] < 0x80 {
            guard 0x20...0x7E ~= text[index] else { return false }
            if text[index] != 0x20 { isBlank = false }
            index += 1
        }
        guard index < text.count else { return !isBlank }
        var decoder = UTF8()
        var rest = text[index...].makeIterator()
        while true {
            switch decoder.decode(&rest) {
            case .scalarValue(let scalar):
                guard accepts(scalar) else { return false }
                if isBlank { isBlank = leavesBlank(scalar) }
            case .emptyInput: return !isBlank
            case .error: return false
            }
        }
    }

    public static func accepts(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { accepts($0) }
    }

    /// Whether a text may hold a character.
    public static func accepts(_ scalar: Unicode.Scalar) -> Bool {
        if isLatinLetter(scalar) { return true }
        let properties = scalar.properties
        guard !properties.isDefaultIgnorableCodePoint else { return false }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: return false
        default: return true
        }
    }

    /// Whether a text of this character alone would be blank: white space, or a mark that needs another character.
    private static func leavesBlank(_ scalar: Unicode.Scalar) -> Bool {
        if isLatinLetter(scalar) { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark, .spaceSeparator: return true
        default: return scalar.properties.isWhitespace || scalar == brailleBlank
        }
    }

    /// Whether a character is one of the letters of Portuguese and its neighbours, for which no table is asked.
    private static func isLatinLetter(_ scalar: Unicode.Scalar) -> Bool {
        0xC0...0x24F ~= scalar.value || 0x21...0x7E ~= scalar.value
    }

    /// The pattern of Braille without a dot, a symbol that shows nothing.
    private static let brailleBlank: Unicode.Scalar = "\u{2800}"
}
