import Testing

@testable import Patterns

struct PropertyTests {
    @Test(
        "properties are known by their long and short names",
        arguments: [
            ("Letter", "π", "1"), ("L", "π", "1"), ("gc=Lu", "É", "é"), ("General_Category=Decimal_Number", "৪", "a"),
            ("digit", "৪", "²"), ("punct", "!", "a"), ("Sc", "€", "e"), ("LC", "ǅ", "ª"), ("Cn", "\u{40000}", "a"),
            ("Co", "\u{F0000}", "\u{FFFFF}"), ("Any", "\u{10FFFF}", ""), ("ASCII", "\u{7F}", "\u{80}"),
            ("Assigned", "a", "\u{378}"),
            ("Alphabetic", "é", "-"), ("White_Space", "\u{2003}", "a"), ("space", " ", "_"), ("Emoji", "🐲", "a"),
            ("RI", "🇦", "a"), ("EComp", "#", "a"), ("Pat_Syn", "{", "a"), ("NChar", "\u{9FFFE}", "\u{9FFFD}"),
            ("Lowercase", "ª", "A"), ("XIDS", "a", "1"),
            ("Script=Greek", "π", "p"), ("sc=Grek", "π", "p"), ("Script=Han", "漢", "か"), ("scx=Hira", "ー", "漢"),
            ("Script_Extensions=Katakana", "ー", "か"), ("sc=Zzzz", "\u{40000}", "a"),
        ])
    func properties(name: String, member: String, other: String) throws {
        let pattern = try Pattern("^(?:\\p{\(name)}[^\\P{\(name)}]1|[^\\p{\(name)}]\\P{\(name)}2)$".utf8)
        #expect(pattern.matches(member + member + "1"))
        #expect(!pattern.matches(member + member + "2"))
        #expect(pattern.matches(other + other + "2") != other.isEmpty)
        #expect(!pattern.matches(other + other + "1"))
    }

    @Test(
        "a property name that ECMA-262 does not define is refused",
        arguments: [
            "letter", "Is_L", "IsLetter", "Lx", "", "=", "L=", "gc", "gc=", "gc=Greek", "Script", "Script=greek",
            "Greek", "sc=L",
            "Alphabetic=Y", "Line_Break", "Other_Alphabetic", "Block=Latin", "L ", "Script=Greek=Greek", "é",
        ])
    func unknown(name: String) {
        #expect(refusal(of: "a\\p{\(name)}") == PatternError(reason: .unknownProperty, offset: 1))
    }

    @Test("a property without a table is valid syntax, but is refused")
    func unsupported() {
        #expect(Pattern.isValid("[\\p{Extended_Pictographic}]".utf8))
        #expect(refusal(of: "a[\\p{ExtPict}]") == PatternError(reason: .unsupportedProperty, offset: 1))
    }
}
