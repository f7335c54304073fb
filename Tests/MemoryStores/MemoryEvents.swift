import Bureau
import Repositories

/// Base C in memory, which can fail on demand.
package actor MemoryEvents: EventRepository, MemoryStore {
    package internal(set) var records: [EventRecord] = []
    var receipts: [RepeatKey: Receipt] = [:]
    var graves: [SubjectToken: Tombstone] = [:]
    /// The newest events of each kind that were dropped.
    var dropped: [SubjectToken: [EventKind: EventRecord]] = [:]
    package private(set) var use = StoreUse()
    private var failure: StoreError?
    private var recordFailure: StoreError?
    private var spoiled: SubjectToken?

    package init() {}

    /// Forgets all records and calls, so that it can serve again as if it were new.
    package func clear() {
        use = StoreUse()
        records = []
        receipts = [:]
        graves = [:]
        dropped = [:]
    }

    package func fail(with failure: StoreError?) { self.failure = failure }

    /// Fails to record, and answers reads.
    package func failToRecord(with failure: StoreError?) { recordFailure = failure }

    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try begin(writing: [])
        if let recordFailure { throw recordFailure }
        return events.map { event in
            if graves[event.token] != nil { return .erased }
            if let new = event.receipt, receipts[new.key] != nil { return .repeated }
            let outcome = recordOne(event)
            if var new = event.receipt, let byte = outcome.receiptByte {
                new.receipt.body.append(byte)
                receipts[new.key] = new.receipt
            }
            return outcome
        }
    }

    private func recordOne(_ event: EventRecord) -> RecordOutcome {
        if let known = records.first(where: { $0.token == event.token && $0.eventID == event.eventID }) {
            let isSame = known.kind == event.kind && known.occurredAt == event.occurredAt
            return isSame && event.hasContent(of: known.body) ? .duplicate : .conflict
        }
        if let other = dropped[event.token]?[event.kind], !isNewer(event, than: other) { return .older }
        let now = event.recordedAt ?? .first
        records.append(event)
        let kept = sorted(event.token).filter { $0.kind == event.kind }.enumerated().filter { rank, event in
            EventHistory.keeps(rank + 1, of: event.kind, from: event.occurredAt, at: now)
        }
        let ids = Set(kept.map(\.element.eventID))
        guard ids.contains(event.eventID) else {
            records.removeLast()
            return .older
        }
        let old = sorted(event.token).first { $0.kind == event.kind && !ids.contains($0.eventID) }
        if let old { dropped[event.token, default: [:]][event.kind] = old }
        records.removeAll { $0.token == event.token && $0.kind == event.kind && !ids.contains($0.eventID) }
        return .recorded
    }

    package func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] {
        try begin(writing: [])
        if let recordFailure { throw recordFailure }
        return removals.map { removal in
            if let new = removal.receipt, receipts[new.key] != nil { return .repeated }
            let index = records.firstIndex { $0.token == removal.token && $0.eventID == removal.eventID }
            guard let index else { return .notFound }
            records.remove(at: index)
            if let new = removal.receipt { receipts[new.key] = new.receipt }
            return .removed
        }
    }

    package func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try begin()
        return keys.map { receipts[$0] }
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

    package func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] {
        try begin()
        if let spoiled, queries.contains(where: { $0.token == spoiled }) { throw .corrupt(.c) }
        return queries.map { query in
            let events = sorted(query.token).filter { $0.occurredAt > query.since && query.kinds.contains($0.kind) }
            var newest = InstantsOfKinds()
            for (kind, event) in dropped[query.token] ?? [:] { newest[kind] = event.occurredAt }
            return RecentEvents(events, dropped: newest, now: query.now)
        }
    }

    package func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try begin(writing: tombstones.map(\.token))
        for tombstone in tombstones where graves[tombstone.token] == nil { graves[tombstone.token] = tombstone }
    }

    package func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try begin(writing: tokens)
        records.removeAll { tokens.contains($0.token) }
        for token in tokens { dropped[token] = nil }
        receipts = receipts.filter { !tokens.contains($0.key.token) }
    }

    package func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try begin()
        return tokens.map { token in records.contains { $0.token == token } || dropped[token] != nil }
    }

    package func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try begin()
        return graves.page(after: token, limit: limit)
    }

    package func health() async -> StoreHealth {
        StoreHealth(base: .c, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    func begin(writing tokens: [SubjectToken]? = nil) throws(StoreError) {
        use.count(writing: tokens)
        if let failure { throw failure }
    }

    private func isNewer(_ one: EventRecord, than other: EventRecord) -> Bool {
        (one.occurredAt, one.eventID) > (other.occurredAt, other.eventID)
    }

    /// The newest first.
    private func sorted(_ token: SubjectToken) -> [EventRecord] {
        records.filter { $0.token == token }
            .sorted { ($1.occurredAt, $1.eventID) < ($0.occurredAt, $0.eventID) }
    }
}
