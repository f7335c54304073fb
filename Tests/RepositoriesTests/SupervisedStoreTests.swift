import Bureau
import Repositories
import Synchronization
import Testing

@Suite("A store under watch")
struct SupervisedStoreTests {
    /// Base C, which answers as it is told.
    private final class Events: EventRepository {
        private let failure = Mutex<StoreError?>(nil)
        private let itemFailure = Mutex<StoreError?>(nil)
        let isFull = Atomic(false)

        func fail(_ error: StoreError?) { failure.withLock { $0 = error } }
        func failItems(_ error: StoreError?) { itemFailure.withLock { $0 = error } }

        func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
            if let error = failure.withLock({ $0 }) { throw error }
            if let error = itemFailure.withLock({ $0 }) { return [.recorded, .failed(error)] }
            return [.recorded]
        }

        func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] { [] }

        func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] { [] }

        func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
            if let error = failure.withLock({ $0 }) { throw error }
            return []
        }

        func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] { [] }
        func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] { [] }

        func keyRingMark() async throws(StoreError) -> KeyRingMark { .unbound(nil) }
        func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint { ring }
        func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] { [] }
        func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {}
        func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool { true }
        func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {}
        func bury(_ tombstones: [Tombstone]) async throws(StoreError) {}
        func erase(_ tokens: [SubjectToken]) async throws(StoreError) {}
        func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] { [] }
        func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] { [] }
        func rename(_ subjects: [SubjectRename]) async throws(StoreError) {}
        func tokens(
            ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
        ) async throws(StoreError) -> TokenPage { TokenPage(tokens: [], next: nil) }
        func reloadCredentials() {}

        func health() async -> StoreHealth {
            StoreHealth(base: .c, engine: "test", roundTripMicroseconds: 1, migrationsApplied: 0, migrationsKnown: 0)
        }

        func check() async -> [StoreCheck] {
            let full = StoreReason(.full, "no room")
            return [
                StoreCheck("writes", isFull.load(ordering: .relaxed) ? .failed(full, remedy: "") : .passed(note: nil))
            ]
        }
    }

    private let events = Events()
    private let error = StoreError.unavailable(
        .c, StoreReason(.notReady, code: "LOADING", "Redis is loading"), retryAfterMilliseconds: 5)

    private func store(_ repository: Events?) -> SupervisedStore<any EventRepository> {
        SupervisedStore(.c, repository, watch: StoreWatch(settlingTime: .zero) { _ in }, asStore: { $0 })
    }

    @Test("a failed call gives its reason to the health, until a call is served")
    func failedCall() async throws {
        let store = store(events)
        events.fail(error)
        await #expect(throws: error) { try await store.latest([]) }
        #expect(store.reason?.code == "LOADING")
        events.fail(nil)
        _ = try await store.latest([])
        #expect(store.reason == nil)
        #expect(await store.health().isReady)
    }

    @Test("an item that failed alone counts as a failure of the store")
    func failedItem() async throws {
        let store = store(events)
        events.failItems(error)
        _ = try await store.record([])
        #expect(store.reason?.code == "LOADING")
        events.failItems(.corrupt(.c))
        _ = try await store.record([])
        #expect(store.reason == nil, "a damaged item says nothing about the store")
    }

    @Test("a full store is not ready although it responds, until it takes a write")
    func full() async throws {
        let store = store(events)
        events.isFull.store(true, ordering: .relaxed)
        events.fail(.unavailable(.c, StoreReason(.full, "no room"), retryAfterMilliseconds: 1))
        await #expect(throws: StoreError.self) { try await store.record([]) }
        let health = await store.health()
        #expect(health.engine == "test")
        #expect(!health.isReady)
        #expect(health.reason?.cause == .full)
        events.isFull.store(false, ordering: .relaxed)
        #expect(await store.health().isReady)
        #expect(store.reason == nil)
    }

    @Test("a store that is not open yet is unavailable, and serves once it is open")
    func opening() async throws {
        let store = store(nil)
        await #expect {
            try await store.record([])
        } throws: { error in
            guard case .unavailable(.c, let reason, _) = error as? StoreError else { return false }
            return reason.cause == .notReady
        }
        #expect(await !store.health().isReady)
        store.open(events)
        #expect(try await store.record([]) == [.recorded])
        #expect(await store.health().isReady)
    }

    @Test("a cancelled call says nothing about its store")
    func cancelled() async {
        let store = store(events)
        events.fail(error)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try? await store.latest([])
        }
        await task.value
        #expect(store.reason == nil)
    }
}
