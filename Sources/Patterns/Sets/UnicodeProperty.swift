/// A property in `\p{…}`, by one of the exact names in ECMA-262 §22.2.1.10.
enum UnicodeProperty: Hashable, Sendable {
    case generalCategory(name: String)
    case binary(name: String)
    /// Script, or Script_Extensions: all scripts in which a scalar is used.
    case script(name: String, property: String)

    init?(_ name: String, value: String?) {
        switch (name, value) {
        case ("General_Category", let value?), ("gc", let value?):
            guard Unicode.GeneralCategory.named(value) != nil else { return nil }
            self = .generalCategory(name: value)
        case ("Script", let value?), ("sc", let value?), ("Script_Extensions", let value?), ("scx", let value?):
            guard Self.scriptNames.contains(value) else { return nil }
            self = .script(name: value, property: ["Script", "sc"].contains(name) ? "Script" : "Script_Extensions")
        case (_, nil) where Unicode.GeneralCategory.named(name) != nil:
            self = .generalCategory(name: name)
        case (_, nil) where Self.isBinary(name):
            self = .binary(name: name)
        default:
            return nil
        }
    }

    /// The scalars with the property; nil if the standard library has no table for the property.
    ///
    /// Takes about 20 ms, and 70 ms for a script.
    var scalars: ScalarSet? {
        switch self {
        case .generalCategory(let name):
            guard let categories = Unicode.GeneralCategory.named(name) else { return nil }
            return ScalarSet { categories.contains($0.generalCategory) }
        case .binary(let name):
            return Self.fixedSet(name) ?? Self.predicate(name).map(ScalarSet.init(where:))
        case .script(let name, let property):
            return Self.scalars(ofScript: name, by: property)
        }
    }
}

extension Unicode.GeneralCategory {
    /// The categories for a name in the Unicode Character Database, PropertyValueAliases.txt.
    static func named(_ name: String) -> [Unicode.GeneralCategory]? {
        if ["Cased_Letter", "LC"].contains(name) { return [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter] }
        let group = groups[name] ?? (groups.values.contains(name) ? name : nil)
        let found = names.filter { names in
            names.long == name || names.short == name || group.map(names.short.hasPrefix) == true
        }
        return found.isEmpty ? nil : found.map(\.category)
    }

    /// The start of the short names in each group of categories, and other names of one category.
    private static let groups = [
        "Letter": "L", "Mark": "M", "Combining_Mark": "M", "Number": "N", "Other": "C", "Punctuation": "P",
        "punct": "P", "Separator": "Z", "Symbol": "S", "cntrl": "Cc", "digit": "Nd",
    ]

    private static let names: [(long: String, short: String, category: Unicode.GeneralCategory)] = [
        ("Close_Punctuation", "Pe", .closePunctuation), ("Connector_Punctuation", "Pc", .connectorPunctuation),
        ("Control", "Cc", .control), ("Currency_Symbol", "Sc", .currencySymbol),
        ("Dash_Punctuation", "Pd", .dashPunctuation), ("Decimal_Number", "Nd", .decimalNumber),
        ("Enclosing_Mark", "Me", .enclosingMark), ("Final_Punctuation", "Pf", .finalPunctuation),
        ("Format", "Cf", .format), ("Initial_Punctuation", "Pi", .initialPunctuation),
        ("Letter_Number", "Nl", .letterNumber), ("Line_Separator", "Zl", .lineSeparator),
        ("Lowercase_Letter", "Ll", .lowercaseLetter), ("Math_Symbol", "Sm", .mathSymbol),
        ("Modifier_Letter", "Lm", .modifierLetter), ("Modifier_Symbol", "Sk", .modifierSymbol),
        ("Nonspacing_Mark", "Mn", .nonspacingMark), ("Open_Punctuation", "Ps", .openPunctuation),
        ("Other_Letter", "Lo", .otherLetter), ("Other_Number", "No", .otherNumber),
        ("Other_Punctuation", "Po", .otherPunctuation), ("Other_Symbol", "So", .otherSymbol),
        ("Paragraph_Separator", "Zp", .paragraphSeparator), ("Private_Use", "Co", .privateUse),
        ("Space_Separator", "Zs", .spaceSeparator), ("Spacing_Mark", "Mc", .spacingMark),
        ("Surrogate", "Cs", .surrogate), ("Titlecase_Letter", "Lt", .titlecaseLetter),
        ("Unassigned", "Cn", .unassigned), ("Uppercase_Letter", "Lu", .uppercaseLetter),
    ]
}

extension UnicodeProperty {
    /// The long and short names of scripts (PropertyValueAliases.txt of Unicode 17).
    static let scriptNames = Set(
        """
        Adlam Adlm Aghb Ahom Anatolian_Hieroglyphs Arab Arabic Armenian Armi Armn Avestan Avst Bali Balinese Bamu \
        Bamum Bass Bassa_Vah Batak Batk Beng Bengali Berf Beria_Erfe Bhaiksuki Bhks Bopo Bopomofo Brah Brahmi Brai \
        Braille Bugi Buginese Buhd Buhid Cakm Canadian_Aboriginal Cans Cari Carian Caucasian_Albanian Chakma Cham \
        Cher Cherokee Chorasmian Chrs Common Copt Coptic Cpmn Cprt Cuneiform Cypriot Cypro_Minoan Cyrillic Cyrl \
        Deseret Deva Devanagari Diak Dives_Akuru Dogr Dogra Dsrt Dupl Duployan Egyp Egyptian_Hieroglyphs Elba \
        Elbasan Elym Elymaic Ethi Ethiopic Gara Garay Geor Georgian Glag Glagolitic Gong Gonm Goth Gothic Gran \
        Grantha Greek Grek Gujarati Gujr Gukh Gunjala_Gondi Gurmukhi Guru Gurung_Khema Han Hang Hangul Hani \
        Hanifi_Rohingya Hano Hanunoo Hatr Hatran Hebr Hebrew Hira Hiragana Hluw Hmng Hmnp Hung Imperial_Aramaic \
        Inherited Inscriptional_Pahlavi Inscriptional_Parthian Ital Java Javanese Kaithi Kali Kana Kannada Katakana \
        Kawi Kayah_Li Khar Kharoshthi Khitan_Small_Script Khmer Khmr Khoj Khojki Khudawadi Kirat_Rai Kits Knda Krai \
        Kthi Lana Lao Laoo Latin Latn Lepc Lepcha Limb Limbu Lina Linb Linear_A Linear_B Lisu Lyci Lycian Lydi \
        Lydian Mahajani Mahj Maka Makasar Malayalam Mand Mandaic Mani Manichaean Marc Marchen Masaram_Gondi \
        Medefaidrin Medf Meetei_Mayek Mend Mende_Kikakui Merc Mero Meroitic_Cursive Meroitic_Hieroglyphs Miao Mlym \
        Modi Mong Mongolian Mro Mroo Mtei Mult Multani Myanmar Mymr Nabataean Nag_Mundari Nagm Nand Nandinagari Narb \
        Nbat New_Tai_Lue Newa Nko Nkoo Nshu Nushu Nyiakeng_Puachue_Hmong Ogam Ogham Ol_Chiki Ol_Onal Olck \
        Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic \
        Old_Uyghur Onao Oriya Orkh Orya Osage Osge Osma Osmanya Ougr Pahawh_Hmong Palm Palmyrene Pau_Cin_Hau Pauc \
        Perm Phag Phags_Pa Phli Phlp Phnx Phoenician Plrd Prti Psalter_Pahlavi Qaac Qaai Rejang Rjng Rohg Runic Runr \
        Samaritan Samr Sarb Saur Saurashtra Sgnw Sharada Shavian Shaw Shrd Sidd Siddham Sidetic Sidt SignWriting \
        Sind Sinh Sinhala Sogd Sogdian Sogo Sora Sora_Sompeng Soyo Soyombo Sund Sundanese Sunu Sunuwar Sylo \
        Syloti_Nagri Syrc Syriac Tagalog Tagb Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takr Takri Tale Talu Tamil \
        Taml Tang Tangsa Tangut Tavt Tayo Telu Telugu Tfng Tglg Thaa Thaana Thai Tibetan Tibt Tifinagh Tirh Tirhuta \
        Tnsa Todhri Todr Tolong_Siki Tols Toto Tulu_Tigalari Tutg Ugar Ugaritic Unknown Vai Vaii Vith Vithkuqi \
        Wancho Wara Warang_Citi Wcho Xpeo Xsux Yezi Yezidi Yi Yiii Zanabazar_Square Zanb Zinh Zyyy Zzzz
        """.split(separator: " ").map(String.init))

    /// The scalars of a script; nil for a script that is newer than the standard library's table.
    ///
    /// Only `Regex` gives access to the table, so a `Regex` is matched against a text of all assigned scalars.
    static func scalars(ofScript name: String, by property: String) -> ScalarSet? {
        guard let regex = try? Regex("\\p{\(property)=\(name)}+").matchingSemantics(.unicodeScalar) else { return nil }
        let surrogates = [UInt32(0xD800)...0xDFFF]
        let unassigned = ScalarSet(
            ScalarSet { $0.generalCategory == .unassigned || $0.generalCategory == .privateUse }.ranges + surrogates)
        var text = String.UnicodeScalarView()
        for range in unassigned.inverted.ranges {
            for value in range { Unicode.Scalar(value).map { text.append($0) } }
        }
        let scalars = String(text)
        let found = ScalarSet(
            scalars.ranges(of: regex).flatMap { run in scalars.unicodeScalars[run].map { $0.value...$0.value } })
        return name == "Zzzz" || name == "Unknown" ? ScalarSet(found.ranges + unassigned.ranges) : found
    }
}
