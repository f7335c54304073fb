import Bureau

extension SupervisedStore: EventRepository where Repository == any EventRepository {
    public func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.record(events) }) { outcome in
            if case .failed(let error) = outcome { error } else { nil }
        }
    }

    public func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.remove(removals) }) { outcome in
            if case .failed(let error) = outcome { error } else { nil }
        }
    }

    public func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await reading { (store) async throws(StoreError) in try await store.latest(tokens) }
    }

    public func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        try await reading { (store) async throws(StoreError) in try await store.history(queries) }
    }

    public func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] {
        try await reading { (store) async throws(StoreError) in try await store.recent(queries) }
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await reading { (store) async throws(StoreError) in try await store.receipts(keys) }
    }
}
