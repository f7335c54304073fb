import Testing

@testable import Bureau

@Suite("PhoneNumber and EmailAddress")
struct ContactTests {
    @Test("an E.164 number is written as it was read", arguments: ["+5511910000000", "+12345678", "+999999999999999"])
    func readsPhone(_ text: String) {
        #expect(PhoneNumber(text)?.text == text)
    }

    @Test(
        "another form of telephone number is refused",
        arguments: [
            "", "+", "5511910000000", "+0511910000000", "+1234567", "+1234567890123456", "+55 11910000000",
            "+55(11)9100000",
            "+5511910-0000", "++5511910000", "+5511910000000 ", "+५५११९१०००",
        ])
    func refusesPhone(_ text: String) {
        #expect(PhoneNumber(text) == nil)
    }

    @Test(
        "a mailbox is kept as given",
        arguments: [
            "ana@example.com", "Ana.Silva+tag@sub.example.com.br", "a@b.co", "!#$%&'*+-/=?^_`{|}~@example.org",
            "x@1.2a",
            "aná@example.com", "josé.silva@café.example", "ana@exámple.com", "用户@例子.广告", "अजय@डाटा.भारत",
            "e\u{301}va@example.com", "ana@xn--caf-dma.example",
            String(repeating: "a", count: 64) + "@example.com", "a@" + String(repeating: "b", count: 63) + ".com",
        ])
    func readsEmail(_ text: String) {
        #expect(EmailAddress(text)?.text == text)
    }

    @Test(
        "what is no plain mailbox is refused",
        arguments: [
            "", "@", "ana", "ana@", "@example.com", "ana@example", "ana@@example.com", "ana@exa@mple.com",
            ".ana@example.com",
            "ana.@example.com", "an..a@example.com", "an a@example.com", "ana@-example.com", "ana@example-.com",
            "ana@example..com",
            "ana@example.com.", "ana@.example.com", "ana@127.0.0.1", "ana@[127.0.0.1]", "\"ana\"@example.com",
            "an\u{200B}a@example.com", "an\u{A0}a@example.com", "ana@exa\u{202E}mple.com", "\u{301}@example.com",
            "ana@exa\u{3002}mple", "an\u{0}a@example.com", "ána\u{7F}@example.com",
            String(repeating: "á", count: 32) + "a@example.com", "a@" + String(repeating: "á", count: 32) + ".com",
            "ana@exam_ple.com", "ana@example.com\n", "ana\0@example.com", "Ana <ana@example.com>",
            String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "b", count: 64) + ".com",
        ])
    func refusesEmail(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("a mailbox has at most 254 bytes")
    func limitsEmail() {
        let label = String(repeating: "b", count: 61) + "."
        let domain = label + label + label + "com"
        let longest = String(repeating: "a", count: 64) + "@" + domain
        #expect(longest.utf8.count == 254)
        #expect(EmailAddress(longest) != nil)
        #expect(EmailAddress(longest + "m") == nil)
    }
}
