/// The wait before the next attempt: exponential backoff with full jitter.
///
/// The jitter spreads the clients of a restarted server, so that they do not all connect at once.
public struct Backoff: Sendable {
    public let first: Duration
    public let limit: Duration
    /// The failures since the last success.
    public private(set) var failures = 0

    /// Waits at most `first` after one failure, twice as long after each further one, and never longer than `limit`.
    public init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// Counts a failure and returns a random part of the longest wait.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        failures += 1
        return longestWait * Double.random(in: 0...1, using: &random)
    }

    /// The longest wait after the failures so far.
    public var longestWait: Duration {
        failures == 0 ? .zero : min(limit, first * (1 << min(failures - 1, 32)))
    }

    /// Starts again after a success.
    public mutating func reset() {
        failures = 0
    }
}
