import JSONSchema

/// One thing in which params do not fit, as it is told to a client: places and reasons, never a value.
package struct ParamsViolation: Hashable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value within the params.
    package let pointer: String
    /// The JSON Pointer of the keyword within the params' schema; empty where no keyword says it.
    package let keyword: String
    /// Stable, in snake case.
    package let reason: String
    /// What is accepted, in words.
    package let accepted: String?

    package init(pointer: String, keyword: String = "", reason: String, accepted: String? = nil) {
        self.pointer = pointer
        self.keyword = keyword
        self.reason = reason
        self.accepted = accepted
    }

    init(_ violation: Violation) {
        self.init(
            pointer: violation.instancePointer, keyword: violation.keywordPointer,
            reason: violation.reason.rawValue, accepted: violation.accepted)
    }
}
