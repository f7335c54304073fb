extension Unicode.GeneralCategory {
    /// The categories that a name of the Unicode Character Database's PropertyValueAliases.txt stands for.
    static func named(_ name: String) -> [Unicode.GeneralCategory]? {
        switch name {
        case "Cased_Letter", "LC": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        case "Close_Punctuation", "Pe": [.closePunctuation]
        case "Connector_Punctuation", "Pc": [.connectorPunctuation]
        case "Control", "Cc", "cntrl": [.control]
        case "Currency_Symbol", "Sc": [.currencySymbol]
        case "Dash_Punctuation", "Pd": [.dashPunctuation]
        case "Decimal_Number", "Nd", "digit": [.decimalNumber]
        case "Enclosing_Mark", "Me": [.enclosingMark]
        case "Final_Punctuation", "Pf": [.finalPunctuation]
        case "Format", "Cf": [.format]
        case "Initial_Punctuation", "Pi": [.initialPunctuation]
        case "Letter", "L":
            [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "Letter_Number", "Nl": [.letterNumber]
        case "Line_Separator", "Zl": [.lineSeparator]
        case "Lowercase_Letter", "Ll": [.lowercaseLetter]
        case "Mark", "M", "Combining_Mark": [.nonspacingMark, .spacingMark, .enclosingMark]
        case "Math_Symbol", "Sm": [.mathSymbol]
        case "Modifier_Letter", "Lm": [.modifierLetter]
        case "Modifier_Symbol", "Sk": [.modifierSymbol]
        case "Nonspacing_Mark", "Mn": [.nonspacingMark]
        case "Number", "N": [.decimalNumber, .letterNumber, .otherNumber]
        case "Open_Punctuation", "Ps": [.openPunctuation]
        case "Other", "C": [.control, .format, .surrogate, .privateUse, .unassigned]
        case "Other_Letter", "Lo": [.otherLetter]
        case "Other_Number", "No": [.otherNumber]
        case "Other_Punctuation", "Po": [.otherPunctuation]
        case "Other_Symbol", "So": [.otherSymbol]
        case "Paragraph_Separator", "Zp": [.paragraphSeparator]
        case "Private_Use", "Co": [.privateUse]
        case "Punctuation", "P", "punct":
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "Separator", "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Space_Separator", "Zs": [.spaceSeparator]
        case "Spacing_Mark", "Mc": [.spacingMark]
        case "Surrogate", "Cs": [.surrogate]
        case "Symbol", "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Titlecase_Letter", "Lt": [.titlecaseLetter]
        case "Unassigned", "Cn": [.unassigned]
        case "Uppercase_Letter", "Lu": [.uppercaseLetter]
        default: nil
        }
    }
}
