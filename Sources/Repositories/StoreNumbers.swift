import Bureau
import Platform
import Synchronization

/// What was counted of one base's store since the start of the process.
public struct StoreNumbers: Hashable, Sendable {
    public var base: Base
    /// Why the store does not serve; nil when it does.
    public var reason: StoreReason?
    /// How often the store was lost.
    public var losses: Int
    /// Requests that were sent to the store once more.
    public var retries: Int
    /// Calls that failed because of the store; each is of a group of the client's calls.
    public var failures: Int
    /// The time of each call, until the store had answered the whole group.
    public var time: DurationHistogram

    public init(
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
public final class RetryCounter: Sendable {
    private let number = Atomic(0)

    public init() {}

    public var count: Int { number.load(ordering: .relaxed) }

    public func add(_ count: Int = 1) { number.add(count, ordering: .relaxed) }
}
