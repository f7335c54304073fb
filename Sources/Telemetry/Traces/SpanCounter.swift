import Synchronization

/// What has become of the spans of traced calls.
package struct SpanCounts: Hashable, Sendable {
    /// Taken by the collector.
    package var sent = 0
    /// Dropped because too many waited.
    package var dropped = 0
    /// Given up because the collector refused them or was away.
    package var failed = 0
}

/// Counts spans; the thread that sends them and those that make them share it.
package final class SpanCounter: Sendable {
    private let state = Mutex<SpanCounts?>(nil)

    package init() {}

    /// Nil when no traces are sent.
    package var counts: SpanCounts? { state.withLock(\.self) }

    func begin() { state.withLock { $0 = SpanCounts() } }

    func change(_ change: (inout SpanCounts) -> Void) {
        state.withLock { counts in
            guard var changed = counts else { return }
            change(&changed)
            counts = changed
        }
    }
}
