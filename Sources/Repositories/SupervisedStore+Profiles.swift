import Bureau

extension SupervisedStore: ProfileRepository where Repository == any ProfileRepository {
    public func reseal(_ profiles: [ProfileReseal]) async throws(StoreError) -> [Bool] {
        try await writing { (store) async throws(StoreError) in try await store.reseal(profiles) }
    }

    public func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.put(profiles) }, failure: \.failure)
    }

    public func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        try await reading { (store) async throws(StoreError) in try await store.read(tokens) }
    }

    public func readMetered(_ tokens: [SubjectToken]) async throws(StoreError) -> MeteredProfiles {
        try await reading { (store) async throws(StoreError) in try await store.readMetered(tokens) }
    }

    public func profiles(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ProfilePage {
        try await reading { (store) async throws(StoreError) in
            try await store.profiles(segment, after: cursor, limit: limit)
        }
    }

    public func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.delete(deletions) }, failure: \.failure)
    }

    public func append(_ scores: [NewScore]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.append(scores) }, failure: \.failure)
    }

    public func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        try await reading { (store) async throws(StoreError) in try await store.scores(queries) }
    }

    public func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        try await reading { (store) async throws(StoreError) in
            try await store.scores(in: span, after: cursor, limit: limit)
        }
    }

    public func deleteScores(before instant: Instant, limit: Int) async throws(StoreError) -> Int {
        try await reading { (store) async throws(StoreError) in
            try await store.deleteScores(before: instant, limit: limit)
        }
    }

    public func register(_ models: [RegisteredModel]) async throws(StoreError) -> [RegisteredModel] {
        try await writing { (store) async throws(StoreError) in try await store.register(models) }
    }

    public func models() async throws(StoreError) -> [RegisteredModel] {
        try await reading { (store) async throws(StoreError) in try await store.models() }
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await reading { (store) async throws(StoreError) in try await store.receipts(keys) }
    }
}
