import Bureau
import Repositories

/// Base C in memory, which can fail on demand.
package actor MemoryEvents: EventRepository, MemoryStore {
    package private(set) var records: [EventRecord] = []
    package private(set) var use = StoreUse()
    private var failure: StoreError?
    private var recordFailure: StoreError?
    private var spoiled: SubjectToken?

    package init() {}

    /// Forgets all records and calls, so that it can serve again as if it were new.
    package func clear() {
        use = StoreUse()
        records = []
    }

    package func fail(with failure: StoreError?) { self.failure = failure }

    /// Fails to record, and answers reads.
    package func failToRecord(with failure: StoreError?) { recordFailure = failure }

    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try begin(writing: [])
        if let recordFailure { throw recordFailure }
        return events.map { event in
            if records.contains(where: { $0.token == event.token && $0.eventID == event.eventID }) { return .duplicate }
            records.append(event)
            return .recorded
        }
    }

    /// Fails every call that asks for this subject, as a store does whose record is damaged.
    package func spoil(_ token: SubjectToken) { spoiled = token }

    package func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try begin()
        if let spoiled, tokens.contains(spoiled) { throw .corrupt(.c) }
        return tokens.map { token in
            func newest(_ kind: EventKind) -> [UInt8]? { sorted(token).first { $0.kind == kind }?.body }
            return LatestEvents(
                bureauQuery: newest(.bureauQuery), movement: newest(.movement), cardPurchase: newest(.cardPurchase))
        }
    }

    package func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        try begin()
        return queries.map { query in
            let own = sorted(query.token).filter { event in
                guard query.kind == nil || query.kind == event.kind else { return false }
                guard let before = query.before else { return true }
                return (event.occurredAt, event.eventID) < (before.occurredAt, before.eventID)
            }
            return Array(own.prefix(query.limit))
        }
    }

    package func health() async -> StoreHealth {
        StoreHealth(base: .c, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    private func begin(writing tokens: [SubjectToken]? = nil) throws(StoreError) {
        use.count(writing: tokens)
        if let failure { throw failure }
    }

    /// The newest first.
    private func sorted(_ token: SubjectToken) -> [EventRecord] {
        records.filter { $0.token == token }
            .sorted { ($1.occurredAt, $1.eventID) < ($0.occurredAt, $0.eventID) }
    }
}
