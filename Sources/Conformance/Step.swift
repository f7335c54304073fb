/// A line of a case.
enum Step: Sendable {
    /// Input, so many times.
    case send(Line, times: Int)
    /// An answer that must come, so many times.
    case expect(Expectation, times: Int)
    case perform(Act)

    /// Whether it must come at one moment among the others.
    var isStaged: Bool {
        if case .perform(let act) = self { act != .closeInput && !act.isExit } else { false }
    }
}
