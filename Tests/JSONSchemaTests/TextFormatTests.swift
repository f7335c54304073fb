import JSONSchema
import Testing

/// The formats of times, pointers, templates and patterns.
struct TextFormatTests {
    @Test("every format of the draft is registered once")
    func names() {
        #expect(
            Format.standard.map(\.name).sorted() == [
                "date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6",
                "iri",
                "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference",
                "uri-template", "uuid",
            ])
    }

    @Test(
        "a time has an offset, and a leap second only at the end of a UTC day",
        arguments: [
            ("08:30:06Z", true), ("08:30:06.283185z", true), ("23:59:60Z", true), ("01:29:60+01:30", true),
            ("15:59:60-08:00", true), ("00:00:00-00:00", true),
            ("08:30:06", false), ("08:30Z", false), ("8:30:06Z", false), ("24:00:00Z", false), ("22:59:60Z", false),
            ("23:59:60+01:00", false), ("08:30:06.Z", false), ("08:30:06Z+00:00", false), ("08:30:06+0030", false),
            ("2026-11-22T08:30:06Z", false), ("", false),
        ])
    func times(text: String, expected: Bool) {
        #expect(Format.time.accepts(text) == expected)
    }

    @Test(
        "the units of a duration are consecutive",
        arguments: [
            ("P4DT12H30M5S", true), ("P2W", true), ("P1Y2M", true), ("P1M2D", true), ("PT1M2S", true), ("P007D", true),
            ("P", false), ("PT", false), ("P1YT", false), ("P1Y2D", false), ("PT1H2S", false), ("P1D2Y", false),
            ("P1Y2W", false), ("P2W1D", false), ("P1WT1H", false), ("P2S", false), ("PT2D", false), ("1D", false),
            ("P1", false), ("P1D1", false), ("PT1S2M", false), ("P1D1D", false), ("p1d", false), ("P1,5D", false),
            ("", false),
        ])
    func durations(text: String, expected: Bool) {
        #expect(Format.duration.accepts(text) == expected)
    }

    @Test(
        "pointers escape tildes, and a relative pointer starts with a number",
        arguments: [
            (Format.jsonPointer, "", true), (.jsonPointer, "/", true), (.jsonPointer, "/a~0b/~1//é", true),
            (.jsonPointer, "a", false), (.jsonPointer, "#/a", false), (.jsonPointer, "/~", false),
            (.jsonPointer, "/~2", false),
            (.relativeJSONPointer, "0", true), (.relativeJSONPointer, "10/a~1", true),
            (.relativeJSONPointer, "0#", true),
            (.relativeJSONPointer, "2+1/a", true), (.relativeJSONPointer, "2-10#", true),
            (.relativeJSONPointer, "", false),
            (.relativeJSONPointer, "/a", false), (.relativeJSONPointer, "01", false),
            (.relativeJSONPointer, "0#/", false),
            (.relativeJSONPointer, "1+/a", false), (.relativeJSONPointer, "-1", false),
            (.relativeJSONPointer, "1a", false),
        ])
    func pointers(format: Format, text: String, expected: Bool) {
        #expect(format.accepts(text) == expected)
    }

    @Test(
        "a template's expressions are well-formed",
        arguments: [
            ("", true), ("a'b%41é{x}", true), ("{+a.b,c*,%41:1000}", true), ("{=a}", true), ("\u{E000}", true),
            ("{", false), ("{}", false), ("}", false), ("{a", false), ("{a,}", false), ("{a:0}", false),
            ("{a:12345}", false),
            ("{a:}", false), ("{a*:1}", false), ("{.}", false), ("{a..b}", false), ("{a.}", false), ("{a-b}", false),
            ("{é}", false), ("%4", false), ("a b", false), ("<", false), ("\u{7F}", false), ("\u{FFFF}", false),
        ])
    func templates(text: String, expected: Bool) {
        #expect(Format.uriTemplate.accepts(text) == expected)
    }

    @Test(
        "every regular expression of ECMA-262 is valid, even one that cannot be matched in linear time",
        arguments: [
            ("^a+$", true), ("(a)\\1", true), ("(?<=a+)b", true), ("x{1000000}", true), ("(", false), ("\\a", false),
        ])
    func patterns(text: String, expected: Bool) {
        #expect(Format.regex.accepts(text) == expected)
    }
}
