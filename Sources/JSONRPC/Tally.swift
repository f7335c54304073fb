import Synchronization

/// What a connection has counted, of which nothing can be seen in its answers.
package final class Tally: Sendable {
    private let errorCount = Atomic(0)
    private let notificationCount = Atomic(0)
    private let responseCount = Atomic(0)

    /// Answers that were errors, those inside batches included.
    package var errors: Int { errorCount.load(ordering: .relaxed) }
    /// Requests without an id, which are never answered: good and bad ones.
    package var notifications: Int { notificationCount.load(ordering: .relaxed) }
    /// Responses, which nobody had asked for.
    package var responses: Int { responseCount.load(ordering: .relaxed) }

    func countErrors(_ count: Int = 1) {
        if count > 0 { errorCount.add(count, ordering: .relaxed) }
    }

    func countNotification() {
        notificationCount.add(1, ordering: .relaxed)
    }

    func countResponse() {
        responseCount.add(1, ordering: .relaxed)
    }
}
