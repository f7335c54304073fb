import Testing

@testable import Patterns

struct HostilePatternTests {
    @Test(
        "patterns made to backtrack take a bounded number of steps for each scalar",
        arguments: [
            ("(a+)+$", 1_000_000, 1), ("(a|a)*b", 1_000_000, 1), ("(a+a+)+y", 1_000_000, 1),
            ("^(([a-z])+.)+[A-Z]([a-z])+$", 50_000, 1), ("(a*)*(a*)*(a*)*c", 50_000, 1),
            ("(?:a?){40}a{40}c", 10_000, 1),
            ("(?=(a+)+$)(?<!(a|a)*b)b", 10_000, 24), ("(a|b)*a(a|b){20}c", 10_000, 100),
        ])
    func backtracking(pattern: String, length: Int, stepsPerScalar: Int) throws {
        let text = String(repeating: "a", count: length) + "!"
        let (found, stepCount) = try Pattern(pattern.utf8).counted(text)
        #expect(!found)
        #expect(stepCount <= stepsPerScalar * (length + 2))
    }

    @Test(
        "simulated patterns take a bounded number of steps for each scalar",
        arguments: [("(a+)+$", 8), ("(a|a)*b", 12), ("(a+a+)+y", 12), ("(?:a?){40}a{40}c", 170)])
    func simulated(pattern: String, stepsPerScalar: Int) throws {
        let text = String(repeating: "a", count: 10_000) + "!"
        let (found, stepCount) = try Pattern(pattern.utf8, isSimulated: true).counted(text)
        #expect(!found)
        #expect(stepCount <= stepsPerScalar * 10_002)
    }

    @Test("an anchored pattern stops reading after a mismatch")
    func failure() throws {
        let text = "b" + String(repeating: "a", count: 10_000)
        #expect(try Pattern("^a+$".utf8).counted(text) == (false, 1))
    }

    @Test(
        "bounds that unroll beyond the limit are refused at their quantifier",
        arguments: [
            ("x{1000000}", 1), ("ab(?:x{5,1000000})", 6), ("(((a{1000}){1000}){1000})", 4),
            ("a{99999999999999999999}", 1),
            ("(?=a{20000})", 4), ("(?:a?){4000000000}", 4), ("(a{0,9000}b){0,9000}", 2),
        ])
    func bounds(pattern: String, offset: Int) {
        #expect(refusal(of: pattern) == PatternError(reason: .tooManyStates, offset: offset))
        #expect(Pattern.isValid(pattern.utf8))
    }

    @Test(
        "a repetition of an empty group matches only the empty text",
        arguments: ["^(?:){4000000000}$", "^(){1000}$", "^(()|){9}$"])
    func nothing(pattern: String) throws {
        #expect(try matches(pattern, ""))
        #expect(try !matches(pattern, "a"))
    }

    @Test(
        "bounds within the limit are matched",
        arguments: [(".{1,2048}", 2048), ("[a-c]{4000}", 4000), ("(?:a?){900}", 900)])
    func largeBounds(pattern: String, length: Int) throws {
        let compiled = try Pattern("^\(pattern)$".utf8)
        #expect(compiled.matches(String(repeating: "a", count: length)))
        #expect(!compiled.matches(String(repeating: "a", count: length + 1)))
    }

    @Test("a program that is too large to simulate is refused")
    func simulatedSize() {
        #expect(refusal(of: "a.{0,4000}b") == PatternError(reason: .tooManyStates, offset: 0))
        #expect(refusal(of: "(x{0,70}){0,70}y") == PatternError(reason: .tooManyStates, offset: 0))
    }

    @Test("lookarounds are limited, because each needs memory for the text")
    func lookarounds() {
        let many = String(repeating: "(?=a)", count: 32)
        #expect(refusal(of: many) == nil)
        #expect(refusal(of: many + "(?=a)") == PatternError(reason: .tooManyLookarounds, offset: 160))
        #expect(refusal(of: "(?:(?=a)a){1000}") == nil)
    }

    @Test("deep nesting does not exhaust the stack")
    func depth() {
        let open = String(repeating: "(", count: 100_000)
        let close = String(repeating: ")", count: 100_000)
        #expect(refusal(of: open) == PatternError(reason: .unterminatedGroup, offset: 99_999))
        #expect(refusal(of: close) == PatternError(reason: .unmatchedBracket, offset: 0))
        #expect(Pattern.isValid((open + "a" + close).utf8))
        #expect(refusal(of: open + "a" + close)?.reason == .tooDeep)
        #expect(
            refusal(of: String(repeating: "(?=", count: 300) + String(repeating: ")", count: 300))?.reason == .tooDeep)
        #expect(refusal(of: open.prefix(249) + "a|b" + close.prefix(249)) == nil)
    }

    @Test("names in deeply nested groups are compared without a walk over the groups")
    func names() {
        let names = (0..<20_000).map { "(?<n\($0)>a|" }.joined()
        #expect(Pattern.isValid((names + "b" + String(repeating: ")", count: 20_000)).utf8))
    }
}
