import Testing

@testable import Bureau

@Suite("CNPJ")
struct CNPJTests {
    @Test(
        "a number of either form with its check digits is read as it is",
        arguments: [
            "12ABC34501DE35", "AA345678000114", "AA345678000A29", "12345678000A08", "16727230000197", "00000000000191",
        ])
    func reads(_ text: String) {
        #expect(CNPJ(text)?.text == text)
    }

    @Test("the masked form is read as the same number")
    func readsMask() {
        #expect(CNPJ("12.ABC.345/01DE-35")?.text == "12ABC34501DE35")
        #expect(CNPJ("16.727.230/0001-97") == CNPJ("16727230000197"))
    }

    @Test(
        "small letters are read and capitals are written",
        arguments: ["12abc34501de35", "12.abc.345/01de-35", "12.aBC.345/01De-35"])
    func readsSmallLetters(_ text: String) {
        #expect(CNPJ(text)?.text == "12ABC34501DE35")
        #expect(CNPJ(text) == CNPJ("12ABC34501DE35"))
    }

    @Test("a number of one repeated digit is refused", arguments: 0...9)
    func refusesRepeatedDigit(_ digit: Int) {
        #expect(CNPJ(String(repeating: "\(digit)", count: 14)) == nil)
    }

    @Test(
        "any other form is refused",
        arguments: [
            "", "1672723000019", "167272300001970", "16727230000198", "12abc34501de36", "12ABC34501DE3A",
            "12ABC34501DEA5",
            "12ABC34501DE53", "12.ABC.345/01DE35", "12.ABC.345-01DE-35", "12ABC345/01DE-35", "12.ABC.345/01DE.35",
            "12 ABC 345 01DE 35", " 12ABC34501DE35", "12ABC34501DE35\n", "12ÁBC34501DE35", "12.abc.345/01de-36",
            "12:BC34501DE35", "12@BC34501DE35", "12[BC34501DE35", "12`BC34501DE35", "12{BC34501DE35",
        ])
    func refusesOtherForms(_ text: String) {
        #expect(CNPJ(text) == nil)
    }

    @Test(
        "twelve characters have exactly one pair of check digits",
        arguments: [
            "12ABC34501DE", "ZZZZZZZZZZZZ", "A00000000000", "000000000001", "167272300001", "0Z0Z0Z0Z0Z0Z",
        ])
    func hasOnePairOfCheckDigits(_ base: String) {
        let accepted = (0..<100).filter { CNPJ(base + ($0 < 10 ? "0" : "") + "\($0)") != nil }
        #expect(accepted.count == 1)
    }
}
