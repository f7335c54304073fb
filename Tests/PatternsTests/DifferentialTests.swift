import Testing

@testable import Patterns

struct DifferentialTests {
    @Test("random patterns match as a matcher that tries everything says", arguments: UInt64(1)...8)
    func randomPatterns(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var matchCount = 0
        for _ in 0..<400 {
            let reference = ReferencePattern.random(depth: 4, by: &random)
            let pattern = try Pattern(reference.source.utf8)
            let simulated = try Pattern(reference.source.utf8, isSimulated: true)
            for _ in 0..<6 {
                let scalars = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    ReferencePattern.letters.randomElement(using: &random) ?? "a"
                }
                let text = String(String.UnicodeScalarView(scalars))
                let expected = reference.matches(scalars)
                #expect(pattern.matches(text) == expected, "\(reference.source) on \(text.debugDescription)")
                #expect(
                    simulated.matches(text) == expected, "\(reference.source) on \(text.debugDescription), simulated")
                matchCount += expected ? 1 : 0
            }
        }
        #expect((400...2000).contains(matchCount), "the patterns match about as often as not")
    }
}
