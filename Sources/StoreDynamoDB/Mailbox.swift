import Platform

/// What goes from callers to the driver's thread.
final class Mailbox: Sendable {
    private struct State {
        var submissions: [Submission] = []
        var isAnyCancelled = false
        var isStopped = false
    }

    private let state = Monitor(State())
    private let multi: Multi

    init(_ multi: Multi) {
        self.multi = multi
    }

    func put(_ submission: Submission) {
        state.withLock { $0.submissions.append(submission) }
        multi.wake()
    }

    /// Has the thread look for submissions that are cancelled.
    func noteCancelled() {
        state.withLock { $0.isAnyCancelled = true }
        multi.wake()
    }

    /// Lets the thread end.
    func stop() {
        state.withLock { $0.isStopped = true }
        multi.wake()
    }

    /// Takes all that is there, and whether a submission has been cancelled since; nil when the thread is to end.
    func take() -> (submissions: [Submission], isAnyCancelled: Bool)? {
        state.withLock { state in
            guard !state.isStopped || !state.submissions.isEmpty else { return nil }
            defer {
                state.submissions = []
                state.isAnyCancelled = false
            }
            return (state.submissions, state.isAnyCancelled)
        }
    }
}
