import Testing

@testable import Bureau

@Suite("Closed lists of names")
struct ClosedNameTests {
    @Test("each state of Brazil is read by its code")
    func readsStates() {
        let codes = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
        let read = codes.split(separator: " ").compactMap { FederativeUnit(String($0)) }
        #expect(read.count == 27 && Set(read) == Set(FederativeUnit.allCases))
    }

    @Test("another code is no state", arguments: ["", "S", "SPP", "sp", "XX", "BR", "SP ", "ＳＰ"])
    func refusesOtherStates(_ text: String) {
        #expect(FederativeUnit(text) == nil)
    }

    @Test("names are compared as bytes, not as equivalent Unicode")
    func comparesBytes() {
        // U+212A (Kelvin) is canonically equivalent to the letter K, and Swift holds the two strings equal.
        #expect(Letter("K") == .k)
        #expect(Letter(rawValue: "\u{212A}") == .k)
        #expect(Letter("\u{212A}") == nil)
    }

    @Test("a purpose is one of the closed list")
    func closesPurposes() {
        #expect(Purpose("data_subject_request") == .dataSubjectRequest)
        #expect(Purpose("curiosity") == nil)
    }

    @Test("a country is two upper-case letters", arguments: ["BR", "PT", "ZZ"])
    func readsCountry(_ text: String) {
        #expect(CountryCode(text)?.text == text)
    }

    @Test("another text is no country", arguments: ["", "B", "BRA", "br", "B1", "B ", "\u{212A}R"])
    func refusesCountry(_ text: String) {
        #expect(CountryCode(text) == nil)
    }

    @Test("a merchant category and the end of a card number are four digits")
    func readsFourDigits() {
        #expect(MerchantCategoryCode("0742")?.text == "0742")
        #expect(CardLast4("0000")?.text == "0000")
        for text in ["", "742", "07420", "074a", "-742", " 742", "+742"] {
            #expect(MerchantCategoryCode(text) == nil)
            #expect(CardLast4(text) == nil)
        }
    }

    private enum Letter: String, TextValue {
        case k = "K"
    }
}
