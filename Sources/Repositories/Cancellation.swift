import Synchronization

/// Whether the task that made a call has been cancelled: what a store keeps beside the call's work, to look at from any
/// thread.
package final class Cancellation: Sendable {
    private let hasHappened = Atomic(false)

    package init() {}

    /// Once true, always true.
    package var isCancelled: Bool { hasHappened.load(ordering: .acquiring) }

    package func cancel() {
        hasHappened.store(true, ordering: .releasing)
    }
}
