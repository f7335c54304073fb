/// A regular expression of ECMA-262 with the meaning of its `u` flag, matched in time linear in the text.
package struct Pattern: Sendable {
    /// Compiles the UTF-8 of a pattern, without slashes around it.
    package init(_ source: some Sequence<UInt8>) throws(PatternError) {
        throw PatternError(reason: .tooManyStates, offset: 0)
    }

    /// Whether the pattern matches anywhere in a text, which must be valid UTF-8.
    package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        false
    }

    /// Whether a text is a regular expression of ECMA-262 (§22.2.1, `u` flag), one that this type refuses included.
    package static func isValid(_ source: some Sequence<UInt8>) -> Bool {
        false
    }
}
