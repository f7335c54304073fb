/// Why a pattern cannot be used, and where. It never holds text of the pattern.
package struct PatternError: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: Reason
    /// The byte of the pattern's UTF-8 at which the cause begins.
    package let offset: Int

    package enum Reason: String, Sendable, CaseIterable {
        // Not a regular expression of ECMA-262.
        case invalidEncoding = "invalid_encoding"
        case unterminatedGroup = "unterminated_group"
        case unterminatedClass = "unterminated_class"
        /// A `)`, `]`, `{` or `}` that nothing opened; as itself it needs a backslash.
        case unmatchedBracket = "unmatched_bracket"
        /// A quantifier with nothing before it, or after another one or an assertion.
        case nothingToRepeat = "nothing_to_repeat"
        /// Bounds that are out of order.
        case invalidBounds = "invalid_bounds"
        /// Ends of a range in a class that are out of order, or are no single characters.
        case invalidRange = "invalid_range"
        case invalidEscape = "invalid_escape"
        /// A `(?` that is none of the known groups.
        case invalidGroup = "invalid_group"
        case invalidGroupName = "invalid_group_name"
        case duplicateGroupName = "duplicate_group_name"
        /// A back reference to a group that the pattern does not have.
        case unknownGroup = "unknown_group"
        case unknownProperty = "unknown_property"

        // A regular expression that cannot be matched in time linear in the text, or not within the limits.
        case backreference = "backreference"
        /// `(?i:…)`
        case ignoreCase = "ignore_case"
        /// A Unicode property of which the standard library has no table.
        case unsupportedProperty = "unsupported_property"
        case tooManyStates = "too_many_states"
        case tooManyLookarounds = "too_many_lookarounds"
        case tooDeep = "too_deep"
    }

    package var description: String { "at byte \(offset): \(reason.rawValue)" }
}
