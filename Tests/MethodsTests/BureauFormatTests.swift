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
            ("cep", "01310-100", "0131010"), ("postal-code", "1100-148", "1100-148 Lisboa 123"), ("uf", "sp", "XX"),
            ("phone", "+5511912345678", "11912345678"),
            ("email", "a@b.co", "a@b"), ("text", "São Paulo", " "),
            ("uuid", "019ab0f2-6c1e-7b3a-8d4f-0123456789ab", "019ab0f2"),
            ("date", "2024-02-29", "2025-02-29"), ("country", "pt", "ZZ"), ("mcc", "0742", "742"),
            ("date-time", "2026-11-20T00:00:00.123456789Z", "2026-11-20T00:00:60Z"),
            ("card-last4", "0042", "42"), ("event-id", "E2E.1_a:b-c", "a b"), ("cursor", "1.a_b:c-D", "a/b"),
        ])
    func accepts(format: String, good: String, bad: String) throws {
        #expect(try accepts(format, good))
        #expect(try !accepts(format, bad))
        #expect(try !accepts(format, "") && !accepts(format, good + "\u{0}"))
        if !["text", "postal-code"].contains(format) { #expect(try !accepts(format, "\u{212A}")) }
    }

    @Test("a cursor has at most 160 bytes")
    func cursorLength() throws {
        #expect(try accepts("cursor", String(repeating: "a", count: 160)))
        #expect(try !accepts("cursor", String(repeating: "a", count: 161)))
    }

    @Test(
        "an e-mail address beyond ASCII has U-labels of IDNA",
        arguments: [
            ("josé@café.example", true), ("用户@例子.广告", true), ("josé@example.com", true),
            ("ana@CAFÉ.example", false), ("ana@\u{302}b.example", false), ("ana@a\u{B7}b.example", false),
            ("ana@☃.example", false), ("ana@xn--caf-dma.example", true),
            ("ana@" + String(repeating: "ü", count: 31) + ".example", true),
        ])
    func internationalEmail(text: String, isAddress: Bool) throws {
        #expect(try accepts("email", text) == isAddress)
    }

    @Test("a format says what it takes in words, with an example that it takes")
    func words() throws {
        for format in BureauFormats.all where format.name != "cursor" {
            let words = format.accepted
            let example = try #require(words.firstRange(of: ", as ").map { words[$0.upperBound...] }, "\(format.name)")
            for part in example.split(separator: ";")[0].split(separator: " or ") {
                #expect(try accepts(format.name, String(part)), "\(format.name): \(part)")
            }
            #expect(!words.contains("format"))
        }
    }

    @Test("no two formats have one name")
    func names() {
        #expect(Set(BureauFormats.all.map(\.name)).count == BureauFormats.all.count)
    }
}
