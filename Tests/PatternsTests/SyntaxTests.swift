import Testing

@testable import Patterns

struct SyntaxTests {
    @Test(
        "valid syntax that cannot be matched in linear time has its own reasons",
        arguments: [
            ("(a)\\1", PatternError(reason: .backreference, offset: 3)),
            ("\\2(a)(b)", PatternError(reason: .backreference, offset: 0)),
            ("\\k<é>(?<é>a)", PatternError(reason: .backreference, offset: 0)),
            ("a(?:(?i:b)*)", PatternError(reason: .ignoreCase, offset: 4)),
            ("(?im-s:b)", PatternError(reason: .ignoreCase, offset: 0)),
        ])
    func refusals(pattern: String, error: PatternError) {
        #expect(refusal(of: pattern) == error)
        #expect(Pattern.isValid(pattern.utf8))
    }

    @Test(
        "a text that is not a regular expression of ECMA-262 is refused with the position",
        arguments: [
            ("(", .unterminatedGroup, 0), ("a(b(c)", .unterminatedGroup, 1), ("^(abc]", .unmatchedBracket, 5),
            (")", .unmatchedBracket, 0), ("a)", .unmatchedBracket, 1), ("]", .unmatchedBracket, 0),
            ("{", .unmatchedBracket, 0), ("}", .unmatchedBracket, 0), ("a}", .unmatchedBracket, 1),
            ("[", .unterminatedClass, 0), ("a[b", .unterminatedClass, 1), ("[\\]", .unterminatedClass, 0),
            ("[^", .unterminatedClass, 0), ("[a-", .unterminatedClass, 0),
            ("*", .nothingToRepeat, 0), ("a**", .nothingToRepeat, 2), ("a+*", .nothingToRepeat, 2),
            ("a{1}{2}", .unmatchedBracket, 4), ("a???", .nothingToRepeat, 3), ("^*", .nothingToRepeat, 1),
            ("\\b+", .nothingToRepeat, 2), ("(?=a)*", .nothingToRepeat, 5), ("(?<!a)?", .nothingToRepeat, 6),
            ("(*a)", .nothingToRepeat, 1), ("a|*", .nothingToRepeat, 2),
            ("a{2,1}", .invalidBounds, 1), ("a{", .invalidBounds, 1), ("a{}", .invalidBounds, 1),
            ("a{,2}", .invalidBounds, 1), ("a{1", .invalidBounds, 1), ("a{1,2", .invalidBounds, 1),
            ("a{1 }", .invalidBounds, 1),
            ("[b-a]", .invalidRange, 2), ("[\\d-z]", .invalidRange, 3), ("[a-\\d]", .invalidRange, 2),
            ("[🐲-🐉]", .invalidRange, 5),
        ] as [(String, PatternError.Reason, Int)])
    func structure(pattern: String, reason: PatternError.Reason, offset: Int) {
        #expect(refusal(of: pattern) == PatternError(reason: reason, offset: offset))
        #expect(!Pattern.isValid(pattern.utf8))
    }

    @Test(
        "an escape or group that ECMA-262 does not define is refused",
        arguments: [
            ("\\a", .invalidEscape, 0), ("a\\", .invalidEscape, 1), ("\\-", .invalidEscape, 0),
            ("\\_", .invalidEscape, 0),
            ("\\é", .invalidEscape, 0), ("\\c1", .invalidEscape, 0), ("\\c", .invalidEscape, 0),
            ("\\x4", .invalidEscape, 0),
            ("\\xg1", .invalidEscape, 0), ("\\u12", .invalidEscape, 0), ("\\u{}", .invalidEscape, 0),
            ("\\u{110000}", .invalidEscape, 0), ("\\u{61", .invalidEscape, 0), ("\\00", .invalidEscape, 0),
            ("[\\1]", .invalidEscape, 1), ("[\\B]", .invalidEscape, 1), ("[\\c]", .invalidEscape, 1),
            ("\\p", .invalidEscape, 0),
            ("\\pL", .invalidEscape, 0), ("\\p{L", .invalidEscape, 0), ("\\k", .invalidEscape, 0),
            ("\\ka", .invalidEscape, 0),
            ("(?P<name>x)", .invalidGroup, 0), ("(?#comment)a", .invalidGroup, 0), ("(?i)abc", .invalidGroup, 0),
            ("(?", .invalidGroup, 0), ("(?-:a)", .invalidGroup, 0), ("(?i-i:a)", .invalidGroup, 0),
            ("(?ii:a)", .invalidGroup, 0),
            ("(?>a)", .invalidGroup, 0), ("(?'n'a)", .invalidGroup, 0),
            ("(?<>a)", .invalidGroupName, 3), ("(?<1>a)", .invalidGroupName, 3), ("(?<a", .invalidGroupName, 3),
            ("(?<a b>c)", .invalidGroupName, 3), ("\\k<", .invalidGroupName, 3),
            ("(?<n>a)(?<n>b)", .duplicateGroupName, 7), ("(?<n>(?<n>b))", .duplicateGroupName, 5),
            ("(?:(?<n>a)|b)(?<n>c)", .duplicateGroupName, 13), ("(?<n>a|(?<n>b))", .duplicateGroupName, 7),
            ("\\1", .unknownGroup, 0), ("(a)\\2", .unknownGroup, 3), ("(?<n>a)\\k<m>", .unknownGroup, 7),
        ] as [(String, PatternError.Reason, Int)])
    func details(pattern: String, reason: PatternError.Reason, offset: Int) {
        #expect(refusal(of: pattern) == PatternError(reason: reason, offset: offset))
        #expect(!Pattern.isValid(pattern.utf8))
    }

    @Test(
        "unusual but valid syntax is accepted",
        arguments: [
            "", "|", "||", "()", "(?:)", "a||b", "[]", "[^]", "[^^]", "[a-a]", "[--a]", "[+--]", "[a-b-c]",
            "[(){}*+?|.^$]",
            "a{0}", "a{99999999999999999999}", "\\$\\{\\}", "\\ud83d", "[\\ud83d-\\udc32]",
            "(?<$_é\\u0061\\u{62}>x)\\k<$_éab>",
            "(?<n>a)|(?<n>b)|(?<n>c)", "(?:(?<n>a)|(?:(?<n>b)|(?<n>c)))", "\\k<n>|(?<n>a)", "(?<=a+)b", "(?-ims:a)",
            "(?s-:a)",
            "/", "a-b", ",<>=!:-", "\u{2028}",
        ])
    func edges(pattern: String) {
        #expect(Pattern.isValid(pattern.utf8))
    }

    @Test("bytes that are not UTF-8 are refused with their position")
    func encoding() {
        #expect(throws: PatternError(reason: .invalidEncoding, offset: 2)) { try Pattern([0x61, 0x62, 0xC3, 0x28]) }
        #expect(!Pattern.isValid([0xED, 0xA0, 0x80]))
    }

    @Test("the description of an error has position and reason")
    func description() {
        #expect(PatternError(reason: .invalidRange, offset: 3).description == "at byte 3: invalid_range")
    }
}
