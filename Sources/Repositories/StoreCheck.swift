/// One step on the road that requests walk, as `creditd doctor` tries it.
public struct StoreCheck: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// The note tells what was seen, when that is worth a word.
        case passed(note: String?)
        /// The remedy is one sentence about what the operator does.
        case failed(StoreReason, remedy: String)
    }

    /// What was tried, such as `reads persons`.
    public let what: String
    public let outcome: Outcome

    public init(_ what: String, _ outcome: Outcome) {
        self.what = what
        self.outcome = outcome
    }

    public var hasPassed: Bool {
        if case .passed = outcome { true } else { false }
    }
}
