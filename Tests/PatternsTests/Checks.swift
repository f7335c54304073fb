@testable import Patterns

/// Whether a pattern matches a text, by the automaton where there is one.
func matches(_ pattern: String, _ text: String) throws -> Bool {
    try Pattern(pattern.utf8).matches(text)
}

/// Why a pattern is refused; nil when it is not.
func refusal(of pattern: String) -> PatternError? {
    do throws(PatternError) {
        _ = try Pattern(pattern.utf8)
        return nil
    } catch {
        return error
    }
}

extension Pattern {
    func matches(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { matches($0) }
    }

    /// Whether it matches, and in how many steps.
    func counted(_ text: String) -> (matches: Bool, stepCount: Int) {
        var stepCount = 0
        let found = Array(text.utf8).withUnsafeBufferPointer { matches($0, stepCount: &stepCount) }
        return (found, stepCount)
    }
}
