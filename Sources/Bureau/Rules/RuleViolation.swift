/// A value that has the right form and makes no sense: it looks at the clock, or at another member.
package struct RuleViolation: Hashable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value within the record.
    package var pointer: String
    package var reason: RuleReason

    package init(_ pointer: String, _ reason: RuleReason) {
        self.pointer = pointer
        self.reason = reason
    }
}

/// Why a value makes no sense, in a word that stays the same, and what is accepted instead.
package enum RuleReason: String, CaseIterable, Sendable {
    case inTheFuture = "in_the_future"

    /// What is accepted, in words.
    package var accepted: String {
        switch self {
        case .inTheFuture: "a day up to today in São Paulo"
        }
    }
}
