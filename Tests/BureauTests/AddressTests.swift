import Testing

@testable import Bureau

@Suite("Address")
struct AddressTests {
    @Test(
        "a postal code is read in both forms, and keeps its leading zeros",
        arguments: [
            ("01310100", "01310100"), ("01310-100", "01310100"), ("00000001", "00000001"), ("99999-999", "99999999"),
        ])
    func readsPostalCode(_ text: String, _ written: String) {
        #expect(PostalCode(text)?.text == written)
    }

    @Test(
        "another form of postal code is refused",
        arguments: [
            "", "1310100", "013101000", "01310 100", "0131-0100", "01310-10", "01310-1000", "0131010a", "-1310100",
            "01310_100",
        ])
    func refusesPostalCode(_ text: String) {
        #expect(PostalCode(text) == nil)
    }

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

    @Test("a country is two upper-case letters", arguments: ["BR", "PT", "ZZ"])
    func readsCountry(_ text: String) {
        #expect(CountryCode(text)?.text == text)
    }

    @Test("another text is no country", arguments: ["", "B", "BRA", "br", "B1", "B ", "\u{212A}R"])
    func refusesCountry(_ text: String) {
        #expect(CountryCode(text) == nil)
    }
}
