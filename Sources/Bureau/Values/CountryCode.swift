/// A country: one of the 249 codes of ISO 3166-1 alpha-2.
///
/// Capital and small letters are one; capitals are written.
public struct CountryCode: StoredTextValue {
    /// The two letters.
    public let text: String

    public static let brazil = CountryCode(known: "BR")

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let position = Self.position(of: text), Self.isAssigned[position] else { return nil }
        self.text = String(decoding: [text[0].capital, text[1].capital], as: UTF8.self)
    }

    /// Reads what a store keeps: any two capitals, because versions before the list took them.
    public init?(stored text: String) {
        guard text.utf8.count == 2, text.utf8.allSatisfy(\.isCapital) else { return nil }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }

    /// The place of two letters in the order from AA to ZZ.
    private static func position(of text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count == 2, text[0].isLetter, text[1].isLetter else { return nil }
        return Int(text[0] | 0x20 - UInt8(ascii: "a")) * 26 + Int(text[1] | 0x20 - UInt8(ascii: "a"))
    }

    private static let isAssigned: [Bool] = {
        var isAssigned = [Bool](repeating: false, count: 26 * 26)
        for var code in assigned.split(whereSeparator: \.isWhitespace).map(String.init) {
            if let position = code.withUTF8({ position(of: $0) }) { isAssigned[position] = true }
        }
        return isAssigned
    }()

    /// The officially assigned codes as of ISO/TC 46 N1108 of 2023-04-05, by the table of tzdata 2025b.
    static let assigned = """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
        CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
        FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
        JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
        MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """
}
