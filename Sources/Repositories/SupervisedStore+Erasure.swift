import Bureau

/// A base's tombstones under watch.
extension SupervisedStore: ErasableStore {
    public func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try await changing { (store) async throws(StoreError) in try await store.bury(tombstones) }
    }

    public func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try await changing { (store) async throws(StoreError) in try await store.erase(tokens) }
    }

    public func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try await reading { (store) async throws(StoreError) in try await asStore(store).remains(of: tokens) }
    }

    public func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try await reading { (store) async throws(StoreError) in
            try await asStore(store).tombstones(after: token, limit: limit)
        }
    }

    /// Runs a call that writes and returns nothing.
    private func changing(_ call: (any ErasableStore) async throws(StoreError) -> Void) async throws(StoreError) {
        try await writing { (store) async throws(StoreError) in try await call(asStore(store)) }
    }
}

/// Base A's outbox under watch.
extension SupervisedStore: OutboxStore where Repository == any PersonRepository {
    public func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry] {
        try await writing { (store) async throws(StoreError) in try await store.enqueue(entries) }
    }

    public func claim(
        _ limit: Int, at now: Instant, until deadline: Instant
    ) async throws(StoreError) -> [OutboxEntry] {
        try await reading { (store) async throws(StoreError) in
            try await store.claim(limit, at: now, until: deadline)
        }
    }

    public func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try await reading { (store) async throws(StoreError) in try await store.openEntries(limit) }
    }

    public func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool] {
        try await writing { (store) async throws(StoreError) in try await store.finish(entries) }
    }

    public func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?] {
        try await reading { (store) async throws(StoreError) in try await store.tombstones(of: tokens) }
    }
}

/// Base A's list of blocked subjects under watch.
extension SupervisedStore: BlockStore where Repository == any PersonRepository {
    public func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool] {
        try await writing { (store) async throws(StoreError) in try await store.block(changes) }
    }

    public func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await reading { (store) async throws(StoreError) in try await store.blocked(after: token, limit: limit) }
    }
}
