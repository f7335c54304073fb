@testable import Patterns

/// Whether a pattern matches a text, by the automaton if the pattern has one.
func matches(_ pattern: String, _ text: String) throws -> Bool {
    try Pattern(pattern.utf8).matches(text)
}

/// The error for an invalid pattern; nil for a valid pattern.
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

    /// Whether the pattern matches, and the number of steps.
    func counted(_ text: String) -> (matches: Bool, stepCount: Int) {
        var stepCount = 0
        let found = Array(text.utf8).withUnsafeBufferPointer { matches($0, stepCount: &stepCount) }
        return (found, stepCount)
    }
}
