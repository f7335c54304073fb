/// One thing in which a value does not meet its schema. It holds nothing of the value: places, a reason, and what the
/// schema says instead.
package struct Violation: Equatable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value, `""` being the root. A member that the schema does not name is `*`,
    /// unless names were asked for.
    package let instancePointer: String
    /// The JSON Pointer of the keyword, from the root schema and through its references (core §12.3.1).
    package let keywordPointer: String
    package let reason: Reason
    /// What the schema accepts, for people: `integer`, `one of open, settled`, `required: purpose`.
    package let accepted: String?

    /// The raw values are stable and meant for clients.
    package enum Reason: String, Sendable, CaseIterable {
        case wrongType = "wrong_type"
        case notInEnum = "not_in_enum"
        case notTheConstant = "not_the_constant"
        case missingMember = "missing_member"
        case unknownMember = "unknown_member"
        case tooFewMembers = "too_few_members"
        case tooManyMembers = "too_many_members"
        case tooSmall = "too_small"
        case tooLarge = "too_large"
        case notAMultiple = "not_a_multiple"
        case tooShort = "too_short"
        case tooLong = "too_long"
        case patternMismatch = "pattern_mismatch"
        case invalidFormat = "invalid_format"
        case tooFewItems = "too_few_items"
        case tooManyItems = "too_many_items"
        case repeatedItem = "repeated_item"
        case tooFewMatchingItems = "too_few_matching_items"
        case tooManyMatchingItems = "too_many_matching_items"
        /// No branch of an `anyOf` or `oneOf`.
        case noBranchMatches = "no_branch_matches"
        /// More than one branch of a `oneOf`.
        case severalBranchesMatch = "several_branches_match"
        /// What `not` or a schema of `false` excludes.
        case notAllowed = "not_allowed"
    }
}
