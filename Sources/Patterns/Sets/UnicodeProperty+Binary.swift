extension UnicodeProperty {
    /// Whether ECMA-262 has a binary property with this name (§22.2.1.10, table 68).
    static func isBinary(_ name: String) -> Bool {
        ["Extended_Pictographic", "ExtPict"].contains(name) || fixedSet(name) != nil || predicate(name) != nil
    }

    /// The sets that rarely change, from UAX #31 §1.1 (Pattern_Syntax) and emoji-data.txt of Unicode 17.
    static func fixedSet(_ name: String) -> ScalarSet? {
        switch name {
        case "Any": ScalarSet.all
        case "ASCII": ScalarSet([0...0x7F])
        case "Regional_Indicator", "RI": ScalarSet([0x1F1E6...0x1F1FF])
        case "Emoji_Component", "EComp":
            ScalarSet([
                0x23...0x23, 0x2A...0x2A, 0x30...0x39, 0x200D...0x200D, 0x20E3...0x20E3, 0xFE0F...0xFE0F,
                0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0x1F9B0...0x1F9B3, 0xE0020...0xE007F,
            ])
        case "Pattern_Syntax", "Pat_Syn":
            ScalarSet([
                0x21...0x2F, 0x3A...0x40, 0x5B...0x5E, 0x60...0x60, 0x7B...0x7E, 0xA1...0xA7, 0xA9...0xA9, 0xAB...0xAC,
                0xAE...0xAE, 0xB0...0xB1, 0xB6...0xB6, 0xBB...0xBB, 0xBF...0xBF, 0xD7...0xD7, 0xF7...0xF7,
                0x2010...0x2027, 0x2030...0x203E, 0x2041...0x2053, 0x2055...0x205E, 0x2190...0x245F, 0x2500...0x2775,
                0x2794...0x2BFF, 0x2E00...0x2E7F, 0x3001...0x3003, 0x3008...0x3020, 0x3030...0x3030, 0xFD3E...0xFD3F,
                0xFE45...0xFE46,
            ])
        default: nil
        }
    }

    /// The standard library's property for a long or short name; there is none for Extended_Pictographic.
    static func predicate(_ name: String) -> ((Unicode.Scalar.Properties) -> Bool)? {
        predicates.first { $0.long == name || $0.short == name }?.holds
    }

    private typealias Predicate = @Sendable (Unicode.Scalar.Properties) -> Bool

    private static let predicates: [(long: String, short: String, holds: Predicate)] = [
        ("Alphabetic", "Alpha", { $0.isAlphabetic }), ("ASCII_Hex_Digit", "AHex", { $0.isASCIIHexDigit }),
        ("Assigned", "Assigned", { $0.generalCategory != .unassigned }),
        ("Bidi_Control", "Bidi_C", { $0.isBidiControl }), ("Bidi_Mirrored", "Bidi_M", { $0.isBidiMirrored }),
        ("Case_Ignorable", "CI", { $0.isCaseIgnorable }), ("Cased", "Cased", { $0.isCased }),
        ("Changes_When_Casefolded", "CWCF", { $0.changesWhenCaseFolded }),
        ("Changes_When_Casemapped", "CWCM", { $0.changesWhenCaseMapped }),
        ("Changes_When_Lowercased", "CWL", { $0.changesWhenLowercased }),
        ("Changes_When_NFKC_Casefolded", "CWKCF", { $0.changesWhenNFKCCaseFolded }),
        ("Changes_When_Titlecased", "CWT", { $0.changesWhenTitlecased }),
        ("Changes_When_Uppercased", "CWU", { $0.changesWhenUppercased }), ("Dash", "Dash", { $0.isDash }),
        ("Default_Ignorable_Code_Point", "DI", { $0.isDefaultIgnorableCodePoint }),
        ("Deprecated", "Dep", { $0.isDeprecated }), ("Diacritic", "Dia", { $0.isDiacritic }),
        ("Emoji", "Emoji", { $0.isEmoji }), ("Emoji_Modifier", "EMod", { $0.isEmojiModifier }),
        ("Emoji_Modifier_Base", "EBase", { $0.isEmojiModifierBase }),
        ("Emoji_Presentation", "EPres", { $0.isEmojiPresentation }), ("Extender", "Ext", { $0.isExtender }),
        ("Grapheme_Base", "Gr_Base", { $0.isGraphemeBase }), ("Grapheme_Extend", "Gr_Ext", { $0.isGraphemeExtend }),
        ("Hex_Digit", "Hex", { $0.isHexDigit }), ("IDS_Binary_Operator", "IDSB", { $0.isIDSBinaryOperator }),
        ("IDS_Trinary_Operator", "IDST", { $0.isIDSTrinaryOperator }), ("ID_Continue", "IDC", { $0.isIDContinue }),
        ("ID_Start", "IDS", { $0.isIDStart }), ("Ideographic", "Ideo", { $0.isIdeographic }),
        ("Join_Control", "Join_C", { $0.isJoinControl }),
        ("Logical_Order_Exception", "LOE", { $0.isLogicalOrderException }), ("Lowercase", "Lower", { $0.isLowercase }),
        ("Math", "Math", { $0.isMath }), ("Noncharacter_Code_Point", "NChar", { $0.isNoncharacterCodePoint }),
        ("Pattern_White_Space", "Pat_WS", { $0.isPatternWhitespace }),
        ("Quotation_Mark", "QMark", { $0.isQuotationMark }), ("Radical", "Radical", { $0.isRadical }),
        ("Sentence_Terminal", "STerm", { $0.isSentenceTerminal }), ("Soft_Dotted", "SD", { $0.isSoftDotted }),
        ("Terminal_Punctuation", "Term", { $0.isTerminalPunctuation }),
        ("Unified_Ideograph", "UIdeo", { $0.isUnifiedIdeograph }), ("Uppercase", "Upper", { $0.isUppercase }),
        ("Variation_Selector", "VS", { $0.isVariationSelector }), ("White_Space", "space", { $0.isWhitespace }),
        ("XID_Continue", "XIDC", { $0.isXIDContinue }), ("XID_Start", "XIDS", { $0.isXIDStart }),
    ]
}
