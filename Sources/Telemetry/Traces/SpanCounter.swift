import Synchronization

/// What has become of the spans of traced calls.
public struct SpanCounts: Hashable, Sendable {
    /// Taken by the collector.
    public var sent = 0
    /// Dropped because too many waited.
    public var dropped = 0
    /// Given up because the collector refused them or was away.
    public var failed = 0
}

/// Counts spans; the thread that sends them and those that make them share it.
public final class SpanCounter: Sendable {
    private let state = Mutex<SpanCounts?>(nil)

    public init() {}

    /// Nil when no traces are sent.
    public var counts: SpanCounts? { state.withLock(\.self) }

    func begin() { state.withLock { $0 = SpanCounts() } }

    func change(_ change: (inout SpanCounts) -> Void) {
        state.withLock { counts in
            guard var changed = counts else { return }
            change(&changed)
            counts = changed
        }
    }
}
