import Patterns
import Testing

struct MatchTests {
    @Test(
        "a pattern matches anywhere in a text",
        arguments: [
            ("", ""), ("", "a"), ("a+", "xxaayy"), ("b", "abc"), ("^abc$", "abc"), ("a|b|", "c"),
            ("^(?:ab|a)c$", "abc"),
            ("^a*$", ""), ("^a{2,3}$", "aa"), ("^a{2,}$", "aaaa"), ("^a{2}$", "aa"), ("^a{0}$", ""),
            ("^a+?b??$", "aab"),
            ("^(a+)+$", "aaa"), ("^(|a)*b$", "aab"), ("^((a*)*)*$", "aa"), ("^(?:)*$", ""),
            ("^(?<year>\\d{4})$", "2026"),
            ("^(?:(?<n>a)|(?<n>b))$", "b"), ("^\\cJ\\x41\\u0042\\u{43}\\0$", "\nABC\0"), ("^\\.\\/\\\\$", "./\\"),
            ("^[\\b]$", "\u{8}"), ("^[a\\-z]$", "-"), ("^[a-]$", "-"), ("^[-a]$", "-"), ("^[^]$", "\n"),
            ("^[\\d.]+$", "1.5"),
            ("^[[]$", "["), ("^[^\\w\\s]$", "-"),
        ])
    func accepted(pattern: String, text: String) throws {
        #expect(try matches(pattern, text))
    }

    @Test(
        "a text without a match is refused",
        arguments: [
            ("a", ""), ("^abc$", "abc\n"), ("^abc$", "xabc"), ("a{2}", "a"), ("^a{2,3}$", "aaaa"), ("^a{0}$", "a"),
            ("[]", "a"), ("^.$", "\n"), ("^.$", "\u{2028}"), ("^.$", "ab"), ("^[^a]$", "a"), ("^(?:ab|a)$", "b"),
            ("^\\d$", "\u{7C0}"), ("^\\w$", "é"), ("^\\W$", "_"), ("^\\s$", "\u{200B}"), ("^\\S$", "\u{FEFF}"),
            ("^[a-c]$", "d"), ("a^", "a"), ("$a", "a"),
        ])
    func refused(pattern: String, text: String) throws {
        #expect(try !matches(pattern, text))
    }

    @Test(
        "a pattern matches whole code points, whatever their length in UTF-8 or UTF-16",
        arguments: [
            ("^.$", "\u{1F432}", true), ("^🐲*$", "🐲🐲", true), ("^🐲*$", "🐉", false),
            ("^\\uD83D\\uDC32$", "🐲", true), ("^[\\uD83D\\uDC32]$", "🐲", true), ("^\\u{1F432}$", "🐲", true),
            ("\\uD83D", "🐲", false), ("[\\uD800-\\uDFFF]", "🐲", false), ("^[🐉-🐲]$", "🐊", true),
            ("^[^é]$", "e", true), ("^é$", "e\u{301}", false), ("^.{2}$", "e\u{301}", true),
            ("^[\\u07FF-\\uFFFF]$", "ߺ", false),
            ("^\\u{0000000061}$", "a", true),
        ])
    func codePoints(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "a word boundary lies between ASCII word characters and others",
        arguments: [
            ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false), ("\\bfoo\\b", "éfooé", true),
            ("\\Boo\\B", "foox", true), ("\\Boo\\B", "foo", false), ("^\\B$", "", true), ("^\\b", "", false),
            ("\\b", "é", false), ("a\\b", "a", true), ("^\\b\\b\\ba", "a", true),
        ])
    func boundaries(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "lookaheads and lookbehinds are matched",
        arguments: [
            ("^(?=.*\\d)(?=.*[a-z]).{4,}$", "abc1", true), ("^(?=.*\\d)(?=.*[a-z]).{4,}$", "abcd", false),
            ("^(?!foo)", "foo", false), ("^(?!foo)", "fo", true), ("^(?!.*--).+$", "a-b-c", true),
            ("^(?!.*--).+$", "a--c", false), ("(?<=a+)b", "xaab", true), ("(?<=a+)b", "xb", false),
            ("(?<!a)b", "ab", false),
            ("(?<!a)b", "abb", true), ("(?<=^ab)c", "abc", true), ("(?<=^b)c", "abc", false), ("a(?=b$)", "abab", true),
            ("(?=a(?<=ba))a", "ba", true), ("(?=a(?<!ba))a", "ba", false), ("^(?:(?=é)é)+$", "éé", true),
            ("(?=)", "", true),
            ("(?!)", "a", false), ("(?<=🐲)é", "🐲é", true),
        ])
    func lookarounds(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(
        "flags of a group change the meaning of ^, $ and .",
        arguments: [
            ("^(?s:.)$", "\n", true), ("(?m:^b$)", "a\nb\nc", true), ("(?m:^b$)", "a\nbc", false),
            ("(?m:^)b", "\u{2029}b", true),
            ("(?s:(?-s:.))", "\n", false), ("^(?-i:a)$", "a", true), ("(?m:(?-m:^b))", "a\nb", false),
        ])
    func modifiers(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }
}
