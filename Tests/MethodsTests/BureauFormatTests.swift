import JSONSchema
import Testing

@testable import Methods

@Suite("BureauFormats")
struct BureauFormatTests {
    private func accepts(_ format: String, _ text: String) throws -> Bool {
        let format = try #require(BureauFormats.all.first { $0.name == format })
        var text = text
        return text.withUTF8 { format.accepts($0) }
    }

    @Test(
        "a format takes what its value is read from",
        arguments: [
            ("cpf", "529.982.247-25", "52998224724"), ("cnpj", "12ABC34501DE35", "12ABC34501DE36"),
            ("cep", "01310-100", "0131010"), ("uf", "SP", "sp"), ("phone", "+5511912345678", "11912345678"),
            ("email", "a@b.co", "a@b"), ("uuid", "019ab0f2-6c1e-7b3a-8d4f-0123456789ab", "019ab0f2"),
            ("date", "2024-02-29", "2025-02-29"), ("country", "PT", "PRT"), ("mcc", "0742", "742"),
            ("date-time", "2026-11-20T00:00:00.123456Z", "2026-11-20T00:00:00.1234567Z"),
            ("card-last4", "0042", "42"), ("event-id", "E2E.1_a:b-c", "a b"), ("cursor", "1.a_b:c-D", "a/b"),
        ])
    func accepts(format: String, good: String, bad: String) throws {
        #expect(try accepts(format, good))
        #expect(try !accepts(format, bad))
        #expect(try !accepts(format, "") && !accepts(format, "\u{212A}") && !accepts(format, good + "\u{0}"))
    }

    @Test("a cursor has at most 160 bytes")
    func cursorLength() throws {
        #expect(try accepts("cursor", String(repeating: "a", count: 160)))
        #expect(try !accepts("cursor", String(repeating: "a", count: 161)))
    }

    @Test("no two formats have one name")
    func names() {
        #expect(Set(BureauFormats.all.map(\.name)).count == BureauFormats.all.count)
    }
}
