import Testing

@testable import Bureau

@Suite("Address")
struct AddressTests {
    @Test(
        "a CEP is read in both forms, and keeps its leading zeros",
        arguments: [
            ("01310100", "01310100"), ("01310-100", "01310100"), ("01000000", "01000000"), ("99999-999", "99999999"),
        ])
    func readsCEP(_ text: String, _ written: String) {
        #expect(CEP(text)?.text == written)
    }

    @Test(
        "another form of CEP is refused",
        arguments: [
            "", "1310100", "013101000", "01310 100", "0131-0100", "01310-10", "01310-1000", "0131010a", "-1310100",
            "01310_100", "00000000", "00999-999",
        ])
    func refusesCEP(_ text: String) {
        #expect(CEP(text) == nil)
    }

    @Test(
        "a postal code of any country is a text of at most 16 characters, kept as given",
        arguments: ["1100-148", "SW1A 1AA", "K1A 0B1", "01310-100", "〒100-0001", "1", "1234567890123456"])
    func readsPostalCode(_ text: String) {
        #expect(PostalCode(text)?.text == text)
    }

    @Test("another postal code is refused", arguments: ["", " ", "12345678901234567", "1100\u{0}148", "1\u{200B}"])
    func refusesPostalCode(_ text: String) {
        #expect(PostalCode(text) == nil)
    }

    @Test("a masked CEP loses its mask in Brazil, and a code of the same form abroad does not")
    func unmasks() {
        let code: PostalCode = Sample.parse("01310-100")
        #expect(Address(postalCode: code, city: "São Paulo", state: .saoPaulo).postalCode?.text == "01310100")
        #expect(Address(postalCode: code, city: "X", country: Sample.parse("PL")).postalCode == code)
    }

    @Test("each state of Brazil is read by its code, in capital and small letters")
    func readsStates() {
        let codes = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
        for codes in [codes, codes.lowercased()] {
            let read = codes.split(separator: " ").compactMap { FederativeUnit(String($0)) }
            #expect(read.count == 27 && Set(read) == Set(FederativeUnit.allCases))
        }
        #expect(FederativeUnit("sP")?.text == "SP")
    }

    @Test("another code is no state", arguments: ["", "S", "SPP", "XX", "BR", "SP ", "ＳＰ", "S\u{212A}", "5P"])
    func refusesOtherStates(_ text: String) {
        #expect(FederativeUnit(text) == nil)
    }

    @Test("a country is a code of ISO 3166-1, read in capital and small letters", arguments: ["BR", "PT", "AX", "ZW"])
    func readsCountry(_ text: String) {
        #expect(CountryCode(text)?.text == text)
        #expect(CountryCode(text.lowercased())?.text == text)
    }

    @Test("of all pairs of letters 249 are countries, those of the system's own table")
    func countsCountries() throws {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
        let countries = letters.flatMap { one in letters.map { one + $0 } }.filter { CountryCode($0) != nil }
        #expect(countries.count == 249)
        #expect(countries == countries.sorted() && countries.contains("BR") && countries.contains("SS"))
    }

    @Test(
        "another text is no country: user-assigned, reserved, former and longer codes among them",
        arguments: [
            "", "B", "BRA", "ZZ", "XX", "XK", "AA", "QM", "UK", "EU", "SU", "YU", "AN", "TP", "B1", "B ", "\u{212A}R",
        ])
    func refusesCountry(_ text: String) {
        #expect(CountryCode(text) == nil)
    }

    @Test("a store may hold the codes that earlier versions took")
    func readsStoredCountry() {
        #expect(CountryCode(stored: "ZZ")?.text == "ZZ")
        for text in ["", "zz", "Z", "ZZZ", "Z1"] { #expect(CountryCode(stored: text) == nil) }
    }
}
