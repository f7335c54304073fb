import JSON
import Patterns

/// `pattern`, or a name under `patternProperties`: a regular expression that a text must match somewhere.
struct PatternRule {
    let pattern: Pattern
    /// The UTF-8 of the expression.
    let source: UnsafeBufferPointer<UInt8>

    /// Whether the expression matches somewhere in a string.
    func matches(_ string: Value) -> Bool { string.withUTF8 { pattern.matches($0) } }

    /// The expression for people.
    var text: String { String(decoding: source, as: UTF8.self) }
}
