import Testing

@testable import Bureau

@Suite("CPF")
struct CPFTests {
    @Test(
        "a number with its check digits is read and written with its leading zeros",
        arguments: [
            "39053344705", "52998224725", "00000000191", "11144477735", "10000000019",
        ])
    func reads(_ text: String) {
        #expect(CPF(text)?.text == text)
        #expect(CPF(text)?.number == UInt64(text))
    }

    @Test("the masked form is read as the same number")
    func readsMask() {
        #expect(CPF("529.982.247-25") == CPF("52998224725"))
        #expect(CPF("000.000.001-91")?.text == "00000000191")
    }

    @Test("a number with a wrong check digit is refused", arguments: ["11144477705", "11144477732", "52998224752"])
    func refusesWrongCheckDigits(_ text: String) {
        #expect(CPF(text) == nil)
    }

    @Test("a number of one repeated digit is refused", arguments: 0...9)
    func refusesRepeatedDigit(_ digit: Int) {
        #expect(CPF(String(repeating: "\(digit)", count: 11)) == nil)
        #expect(CPF(number: UInt64(digit) * 11_111_111_111) == nil)
    }

    @Test(
        "any other form is refused",
        arguments: [
            "", "5299822472", "529982247250", "052998224725", " 52998224725", "52998224725 ", "52998224725\n",
            "5299822472x",
            "+5299822472", "-5299822472", "529.982.24725", "529982247-25", "529.982.247/25", "529-982-247-25",
            "529.982.247.25",
            "529 982 247 25", "5.29982247-25.", "529.9a2.247-25", "５２９９８２２４７２５", "52998224725\0", "٥٢٩٩٨٢٢٤٧٢٥",
        ])
    func refusesOtherForms(_ text: String) {
        #expect(CPF(text) == nil)
    }

    @Test("a number above eleven digits is refused", arguments: [100_000_000_000, 152_998_224_725, UInt64.max])
    func refusesTooLargeNumber(_ number: UInt64) {
        #expect(CPF(number: number) == nil)
    }

    @Test("nine digits have exactly one pair of check digits, and none when they repeat one digit")
    func hasOnePairOfCheckDigits() {
        // A prime stride takes bases from the whole range.
        for base in stride(from: UInt64(0), to: 1_000_000_000, by: 399_989) {
            let accepted = (0..<100).filter { CPF(number: base * 100 + $0) != nil }
            #expect(accepted.count == (base == 0 ? 0 : 1))
        }
        for digit in UInt64(0)...9 {
            #expect((0..<100).allSatisfy { CPF(number: digit * 111_111_111 * 100 + $0) == nil })
        }
    }

    @Test("text survives a round trip")
    func roundTrips() {
        for number in stride(from: UInt64(191), to: 100_000_000_000, by: 10_000_019) {
            guard let cpf = CPF(number: number) else { continue }
            #expect(CPF(cpf.text) == cpf)
        }
    }

    @Test("the order is that of the texts")
    func orders() throws {
        let low = try #require(CPF("00000000191"))
        let high = try #require(CPF("52998224725"))
        #expect(low < high && low.text < high.text)
    }
}
