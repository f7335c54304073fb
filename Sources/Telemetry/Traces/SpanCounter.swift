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
    private let state = Mutex(SpanCounts())

    package init() {}

    package var counts: SpanCounts { state.withLock(\.self) }

    func change(_ change: (inout SpanCounts) -> Void) { state.withLock { change(&$0) } }
}
