import Testing

@testable import JSONSchema

/// The formats of addresses, host names and URIs.
struct NetworkFormatTests {
    @Test(
        "addresses have all their parts",
        arguments: [
            (Format.ipv4, "0.0.0.0", true), (.ipv4, "255.255.255.255", true), (.ipv4, "256.0.0.1", false),
            (.ipv4, "01.2.3.4", false), (.ipv4, "1.2.3", false), (.ipv4, "1.2.3.4.", false), (.ipv4, "1.2.3.+4", false),
            (.ipv6, "::", true), (.ipv6, "::1", true), (.ipv6, "1::", true), (.ipv6, "1:2:3:4:5:6:7::", true),
            (.ipv6, "1:2:3:4:5:6:1.2.3.4", true), (.ipv6, "::ffff:1.2.3.4", true), (.ipv6, "", false),
            (.ipv6, ":", false),
            (.ipv6, ":::", false), (.ipv6, "1", false), (.ipv6, "1::2::3", false), (.ipv6, ":2:3:4:5:6:7:8", false),
            (.ipv6, "1:2:3:4:5:6:7:", false), (.ipv6, "1:2:3:4:5:6:7:8:9", false),
            (.ipv6, "1:2:3:4:5:6:7:1.2.3.4", false),
            (.ipv6, "12345::", false), (.ipv6, "1.2.3.4::", false), (.ipv6, "fe80::1%eth0", false),
            (.ipv6, "[::1]", false),
        ])
    func addresses(format: Format, text: String, expected: Bool) {
        #expect(format.accepts(text) == expected)
    }

    @Test(
        "labels of a host name have at most 63 letters, digits and hyphens, or are valid A-labels",
        arguments: [
            ("www.example.com", true), ("a--b", true), ("1host", true), ("ab--c", true), ("XN--9N2BP8Q", true),
            (String(repeating: "a", count: 63), true),
            ("", false), (".", false), ("a.", false), ("a..b", false), ("-a", false), ("a-", false), ("a_b", false),
            ("é.com", false), ("a\n", false), ("xn--X", false), ("xn--", false), ("xn--abc-", false),
            ("xn--al-0ea", false),
            (String(repeating: "a", count: 64), false), (String(repeating: "a.", count: 126) + "aa", false),
        ])
    func hostnames(text: String, expected: Bool) {
        #expect(Format.hostname.accepts(text) == expected)
    }

    @Test(
        "an international host name follows IDNA 2008",
        arguments: [
            ("실례.테스트", true), ("example.com", true), ("a。b．c｡d", true), ("ßς་〇", true), ("l·l", true), ("α͵β", true),
            ("א׳ב", true), ("・ァ", true), ("क्\u{200D}ष", true), ("بي\u{200C}بي", true), ("ب٠", true),
            ("xn--9n2bp8q", true),
            ("é.א", true), ("א1", true),
            ("", false), ("a..b", false), ("。a", false), ("É", false), ("e\u{301}", false), ("\u{300}a", false),
            ("a·l", false),
            ("α͵S", false), ("A׳ב", false), ("・", false), ("a・b", false), ("क\u{200D}ष", false), ("a\u{200C}b", false),
            ("ب٠۰", false), ("ـߺ", false), ("aא", false), ("0א", false), ("א٠0", false), ("0a.א", false),
            ("א.-", false),
            ("ab--cd", false), ("éa--b", false), ("-é", false), ("é-", false), ("♥", false), ("\u{E0001}é", false),
            (String(repeating: "é", count: 60), false), (String(repeating: "é.", count: 80) + "é", false),
        ])
    func internationalHostnames(text: String, expected: Bool) {
        #expect(Format.idnHostname.accepts(text) == expected)
    }

    @Test(
        "labels are encoded as RFC 3492 says",
        arguments: [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("3年B組金八先生", "3b-ww4c5e180e575a65lsy2b"), ("majiでkoiする5秒前", "majikoi5-783gue6qz075azm5e"), ("abc", "abc-"),
        ])
    func punycode(text: String, encoded: String) {
        let scalars = Array(text.unicodeScalars)
        let lowercase = scalars.map { $0 == "B" ? "b" : $0 }
        #expect(Punycode.encoded(lowercase) == Array(encoded.utf8))
        #expect(Punycode.decoded(Array(encoded.utf8)) == lowercase)
    }

    @Test(
        "malformed Punycode is refused",
        arguments: ["x", "99999999", "é", "-é", "9999999999999999999999999999999999999999999999999999999999999999"])
    func badPunycode(text: String) {
        #expect(Punycode.decoded(Array(text.utf8)) == nil)
    }

    @Test(
        "international mailboxes may have characters beyond ASCII",
        arguments: [
            ("실례@실례.테스트", true), ("\"é\"@example.com", true), ("a@example.com", true), ("é@[127.0.0.1]", true),
            ("a\u{FF20}b.com", false), (".é@a.com", false), ("\"\\é\"@a.com", false), ("é@a..b", false),
            ("é é@a.com", false),
        ])
    func internationalMailboxes(text: String, expected: Bool) {
        #expect(Format.idnEmail.accepts(text) == expected)
        #expect(Format.email.accepts(text) == (text == "a@example.com"))
    }

    @Test(
        "a URI has a scheme, and only allowed characters in each part",
        arguments: [
            ("http://user:p@example.com:80/a/b?c=d/?#e?/", true), ("http://[::1]:80/", true), ("http://[v1.fe:]", true),
            ("mailto:a@b.c", true), ("a:", true), ("a+-.1:b", true), ("http://", true), ("file:///etc", true),
            ("http://999.1.1.1", true), ("http://a?b#", true),
            ("", false), ("/a", false), ("a", false), (":a", false), ("1a:b", false), ("a_b:c", false),
            ("http://a b", false),
            ("http://a/%4g", false), ("http://a/%4", false), ("http://[::1", false), ("http://[::1]a", false),
            ("http://[]", false), ("http://[v.a]", false), ("http://[v1.]", false), ("http://a:b", false),
            ("http://a@b@c", false),
            ("http://a[b", false), ("http://a/[b]", false), ("http://a?[", false), ("http://a#b#c", false),
            ("http://é", false),
            ("http://a/\\", false), ("http://a/{b}", false), ("http://a/\u{7F}", false),
        ])
    func uris(text: String, expected: Bool) {
        #expect(Format.uri.accepts(text) == expected)
        #expect(!expected || (Format.uriReference.accepts(text) && Format.iri.accepts(text)))
    }

    @Test(
        "a reference may be relative, and an IRI may have characters beyond ASCII",
        arguments: [
            (Format.uriReference, "", true), (.uriReference, "//a/b", true), (.uriReference, "?a", true),
            (.uriReference, "./a:b", true), (.uriReference, "1:b", false), (.uriReference, "é", false),
            (.iriReference, "é?\u{E000}#é", true), (.iriReference, "//é@é/é", true), (.iriReference, "\u{E000}", false),
            (.iriReference, "#\u{E000}", false), (.iriReference, "\u{80}", false), (.iriReference, "\u{FFFE}", false),
            (.iri, "http://é/\u{10300}", true), (.iri, "é:a", false), (.iri, "é", false), (.iri, "http://[é]", false),
        ])
    func references(format: Format, text: String, expected: Bool) {
        #expect(format.accepts(text) == expected)
    }
}
