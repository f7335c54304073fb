import JSONSchema
import Testing

struct FormatTests {
    @Test(
        "real calendar days are accepted",
        arguments: ["2026-11-22", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "1959-04-30"])
    func dates(text: String) {
        #expect(Format.date.accepts(text))
    }

    @Test(
        "texts that are not real calendar days are refused",
        arguments: [
            "", "2026-11-31", "2025-02-29", "1900-02-29", "2026-00-01", "2026-13-01", "2026-01-00", "2026-1-01",
            "26-01-01", "2026-01-01 ", " 2026-01-01", "2026/01/01", "20260101", "২026-01-01", "+2026-01-01",
            "2026-01-1a",
        ])
    func badDates(text: String) {
        #expect(!Format.date.accepts(text))
    }

    @Test(
        "instants of RFC 3339 are accepted",
        arguments: [
            "2026-11-22T15:35:45Z", "2026-11-22t15:35:45.123456789z", "1998-12-31T23:59:60Z",
            "1998-12-31T15:59:60.1-08:00", "1999-01-01T00:29:60+00:30", "2026-11-22T23:59:59-23:59",
        ])
    func instants(text: String) {
        #expect(Format.dateTime.accepts(text))
    }

    @Test(
        "texts that are not instants of RFC 3339 are refused",
        arguments: [
            "2026-11-22", "2026-11-22T15:35:45", "2026-11-22 15:35:45Z", "2026-11-22T24:00:00Z", "2026-11-22T15:60:45Z",
            "2026-11-22T15:35:60Z", "2026-11-22T15:35:61Z", "2026-11-22T15:35:45.Z", "2026-11-22T15:35:45+24:00",
            "2026-11-22T15:35:45+00:60", "2026-11-22T15:35:45+0300", "2026-02-30T15:35:45Z",
            "1998-12-31T23:59:60+01:00",
            "2026-11-22T15:35Z", "2026-11-22T15:35:45ZZ", "2026-11-22T15:35:45,5Z",
        ])
    func badInstants(text: String) {
        #expect(!Format.dateTime.accepts(text))
    }

    @Test(
        "mailboxes are accepted",
        arguments: [
            "ana@example.com", "te~st@example.com", "te.s.t@a-b.example", #""joe bloggs"@example.com"#,
            #""joe..blo\"ggs"@example.com"#, "a@localhost", "joe@[127.0.0.1]", "joe@[IPv6:::1]",
            "joe@[IPv6:2001:db8::ff00:42:8329]", "joe@[IPv6:::ffff:127.0.0.1]", "joe@[IPv6:1::]",
        ])
    func mailboxes(text: String) {
        #expect(Format.email.accepts(text))
    }

    @Test(
        "texts that are not mailboxes are refused",
        arguments: [
            "", "@", "2962", "@example.com", "a@", ".a@example.com", "a.@example.com", "a..b@example.com",
            "a b@example.com",
            "a@b@example.com", #""a"b"@example.com"#, #""a\"@example.com"#, "a@-b.com", "a@b-.com", "a@b..com",
            "a@.com",
            "a@b.com.", "a@b_c.com", "a@[127.0.0.300]", "a@[127.0.0.1", "a@[1.2.3]", "a@[IPv6:1:2]", "a@[IPv6:1::2::3]",
            "a@[IPv6::1]", "josé@example.com", "\(String(repeating: "a", count: 65))@example.com",
        ])
    func badMailboxes(text: String) {
        #expect(!Format.email.accepts(text))
    }

    @Test("a UUID has its hyphens and hexadecimal digits", arguments: ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"])
    func uuids(text: String) {
        #expect(Format.uuid.accepts(text))
        #expect(Format.uuid.accepts(text.uppercased()))
        #expect(!Format.uuid.accepts(String(text.dropLast())))
        #expect(!Format.uuid.accepts(text + "0"))
        for index in text.indices {
            var mutated = text
            mutated.replaceSubrange(index...index, with: text[index] == "-" ? "0" : "g")
            #expect(!Format.uuid.accepts(mutated))
        }
    }
}
