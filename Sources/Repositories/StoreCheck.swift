/// One step on the road that requests walk, as `creditd doctor` tries it.
package struct StoreCheck: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The note tells what was seen, when that is worth a word.
        case passed(note: String?)
        /// The remedy is one sentence about what the operator does.
        case failed(StoreReason, remedy: String)
    }

    /// What was tried, such as `reads persons`.
    package let what: String
    package let outcome: Outcome

    package init(_ what: String, _ outcome: Outcome) {
        self.what = what
        self.outcome = outcome
    }

    package var hasPassed: Bool {
        if case .passed = outcome { true } else { false }
    }
}
