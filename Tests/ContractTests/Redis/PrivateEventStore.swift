import Bureau
import Repositories

/// A store on a server that other tests use too; each test has subjects of its own.
struct PrivateEventStore: EventRepository {
    let store: any EventRepository
    let subjects: PrivateSubjects

    func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try await store.record(events.map(exchange))
    }

    func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await store.latest(tokens.map(subjects.exchange))
    }

    func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        let pages = try await store.history(
            queries.map {
                HistoryQuery(token: subjects.exchange($0.token), kind: $0.kind, before: $0.before, limit: $0.limit)
            })
        return pages.map { $0.map(exchange) }
    }

    func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] {
        try await store.recent(
            queries.map {
                RecentEventsQuery(token: subjects.exchange($0.token), kinds: $0.kinds, since: $0.since, now: $0.now)
            })
    }

    func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] {
        try await store.remove(
            removals.map { removal in
                EventRemoval(
                    token: subjects.exchange(removal.token), eventID: removal.eventID,
                    receipt: removal.receipt.map(exchange))
            })
    }

    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await store.receipts(keys.map { RepeatKey(token: subjects.exchange($0.token), key: $0.key) })
    }

    func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try await store.bury(
            tombstones.map { Tombstone(token: subjects.exchange($0.token), note: $0.note) })
    }

    func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try await store.erase(tokens.map(subjects.exchange))
    }

    func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try await store.remains(of: tokens.map(subjects.exchange))
    }

    /// Lists the tombstones of all tests, whose order is another one; so only whole lists can be asked for.
    func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        let all = try await store.tombstones(after: nil, limit: .max)
        let own = all.map { Tombstone(token: subjects.exchange($0.token), note: $0.note) }
            .filter { tombstone in token.map { tombstone.token > $0 } ?? true }
        return Array(own.sorted { $0.token < $1.token }.prefix(limit))
    }

    func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        let exchange = self.subjects.exchange
        try await store.rename(subjects.map { SubjectRename(from: exchange($0.from), to: exchange($0.to)) })
    }

    /// Tells the tokens of other tests as well, as tokens that no test has.
    func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        var page = try await store.tokens(ofKeysBelow: keyNumber, after: cursor, limit: limit)
        page.tokens = page.tokens.map(subjects.exchange)
        return page
    }

    func check() async -> [StoreCheck] { await store.check() }

    func keyRingMark() async throws(StoreError) -> KeyRingMark { try await store.keyRingMark() }

    func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        try await store.bind(ring)
    }

    func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] { try await store.wrappingKeys() }

    func note(_ keys: [WrappingKeyNote]) async throws(StoreError) { try await store.note(keys) }

    func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        try await store.reserve(count, of: number, most: most)
    }

    func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        try await store.setRetired(isRetired, number)
    }

    func reloadCredentials() { store.reloadCredentials() }

    func health() async -> StoreHealth {
        await store.health()
    }

    private func exchange(_ event: EventRecord) -> EventRecord {
        var event = event
        event.token = subjects.exchange(event.token)
        event.receipt = event.receipt.map(exchange)
        return event
    }

    private func exchange(_ new: NewReceipt) -> NewReceipt {
        NewReceipt(
            key: RepeatKey(token: subjects.exchange(new.key.token), key: new.key.key), receipt: new.receipt)
    }
}

/// Maps the subjects that all tests share to subjects of one test, and back.
struct PrivateSubjects: Sendable {
    private let mask = (0..<SubjectToken.byteCount).map { _ in UInt8.random(in: 0...255) }

    /// The function is its own inverse.
    func exchange(_ token: SubjectToken) -> SubjectToken {
        SubjectToken(keyNumber: token.keyNumber) { bytes in
            token.withWords { words in
                for index in words.indices { bytes[index] = words[index] ^ mask[index] }
            }
        }
    }
}
