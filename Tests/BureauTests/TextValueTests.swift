import Seeds
import Testing

@testable import Bureau

@Suite("TextValue")
struct TextValueTests {
    @Test("random bytes never crash a parser, and what is accepted survives a round trip")
    func survivesRandomBytes() {
        var generator = SeededGenerator(seed: 2026)
        let plausible = Array("0123456789+-.:/@TZABCabcxyz".utf8)
        for round in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                round % 2 == 0
                    ? UInt8.random(in: 0...255, using: &generator)
                    : plausible[Int.random(in: 0..<plausible.count, using: &generator)]
            }
            checkAll(bytes)
        }
    }

    @Test("a valid text with any one byte changed, added or removed never crashes a parser")
    func survivesMutations() {
        let texts = [
            "529.982.247-25", "12.ABC.345/01DE-35", "01310-100", "+5511910000000", "ana@example.com", "aná@é.com",
            "2026-11-20",
            "2026-11-20T00:00:00.123456-03:00", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "E0041696820261120", "SP",
            "5411",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            for index in bytes.indices {
                checkAll(Array(bytes[..<index] + bytes[(index + 1)...]))
                checkAll(Array(bytes[..<index]))
                for byte in UInt8.min...UInt8.max {
                    checkAll(Array(bytes[..<index] + [byte] + bytes[(index + 1)...]))
                    checkAll(Array(bytes[..<index] + [byte] + bytes[index...]))
                }
            }
        }
    }

    @Test("no bytes at all are refused by every parser")
    func refusesNoBytes() {
        let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        #expect(
            CPF(none) == nil && CNPJ(none) == nil && CEP(none) == nil && PostalCode(none) == nil
                && PhoneNumber(none) == nil)
        #expect(EmailAddress(none) == nil && CalendarDate(none) == nil && Instant(none) == nil && RecordID(none) == nil)
        #expect(EventID(none) == nil && CountryCode(none) == nil && Purpose(none) == nil && CardLast4(none) == nil)
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

    private func checkAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { text in
            check(CPF.self, text)
            check(CNPJ.self, text)
            check(CEP.self, text)
            check(PostalCode.self, text)
            check(PhoneNumber.self, text)
            check(EmailAddress.self, text)
            check(CalendarDate.self, text)
            check(Instant.self, text)
            check(RecordID.self, text)
            check(EventID.self, text)
            check(CountryCode.self, text)
            check(FederativeUnit.self, text)
            check(Purpose.self, text)
            check(MerchantCategoryCode.self, text)
            check(CardLast4.self, text)
        }
    }

    private func check<Value: TextValue>(_ type: Value.Type, _ text: UnsafeBufferPointer<UInt8>) {
        guard let value = Value(text), Value(value.text) != value else { return }
        Issue.record("\(type) does not survive a round trip")
    }

    private enum Letter: String, TextValue {
        case k = "K"
    }
}
