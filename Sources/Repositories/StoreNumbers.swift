import Bureau
import Platform
import Synchronization

/// What was counted of one base's store since the start of the process.
package struct StoreNumbers: Hashable, Sendable {
    package var base: Base
    /// Why the store does not serve; nil when it does.
    package var reason: StoreReason?
    /// How often the store was lost.
    package var losses: Int
    /// Requests that were sent to the store once more.
    package var retries: Int
    /// Calls that failed because of the store; each is of a group of the client's calls.
    package var failures: Int
    /// The time of each call, until the store had answered the whole group.
    package var time: DurationHistogram

    package init(
        base: Base, reason: StoreReason? = nil, losses: Int = 0, retries: Int = 0, failures: Int = 0,
        time: DurationHistogram = DurationHistogram()
    ) {
        self.base = base
        self.reason = reason
        self.losses = losses
        self.retries = retries
        self.failures = failures
        self.time = time
    }
}

/// Counts what a store sends once more.
package final class RetryCounter: Sendable {
    private let number = Atomic(0)

    package init() {}

    package var count: Int { number.load(ordering: .relaxed) }

    package func add(_ count: Int = 1) { number.add(count, ordering: .relaxed) }
}
