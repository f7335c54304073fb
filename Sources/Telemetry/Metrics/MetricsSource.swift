import JSONRPC
import Repositories

/// Where the numbers of a process are read: calls, stores, the audit journal, traces and the process itself.
package struct MetricsSource: Sendable {
    /// The program's version.
    package let version: String
    package let calls: CallMetrics
    private let stores: [any Store]
    private let journal: (any AccessJournal)?
    package let spans: SpanCounter

    package init(
        version: String, calls: CallMetrics = CallMetrics(), stores: [any Store] = [],
        journal: (any AccessJournal)? = nil, spans: SpanCounter = SpanCounter()
    ) {
        self.version = version
        self.calls = calls
        self.stores = stores
        self.journal = journal
        self.spans = spans
    }

    /// Returns the numbers as they are now. It asks no store.
    package func snapshot() -> MetricsSnapshot {
        MetricsSnapshot(
            version: version, process: .now(), methods: calls.counts, bases: stores.compactMap(\.numbers),
            journal: journal?.backlog ?? JournalBacklog(), spans: spans.counts)
    }
}

/// The numbers of a process at one moment. None is, or tells, what anybody's data say.
package struct MetricsSnapshot: Sendable {
    package var version: String
    package var process: ProcessNumbers
    package var methods: [(method: String, counts: MethodCounts)]
    package var bases: [StoreNumbers]
    package var journal: JournalBacklog
    package var spans: SpanCounts?
}
