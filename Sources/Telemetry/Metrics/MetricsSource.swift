import JSONRPC
import Repositories

/// Where the numbers of a process are read: calls, stores, the audit journal, traces and the process itself.
public struct MetricsSource: Sendable {
    /// The program's version.
    public let version: String
    public let calls: CallMetrics
    private let stores: [any Store]
    private let journal: (any AccessJournal)?
    public let spans: SpanCounter

    public init(
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
    public func snapshot() -> MetricsSnapshot {
        MetricsSnapshot(
            version: version, process: .now(), methods: calls.counts, bases: stores.compactMap(\.numbers),
            journal: journal?.backlog ?? JournalBacklog(), spans: spans.counts)
    }
}

/// The numbers of a process at one moment. None is, or tells, what anybody's data say.
public struct MetricsSnapshot: Sendable {
    public var version: String
    public var process: ProcessNumbers
    public var methods: [(method: String, counts: MethodCounts)]
    public var bases: [StoreNumbers]
    public var journal: JournalBacklog
    public var spans: SpanCounts?
}
