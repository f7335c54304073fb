import Bureau
import Repositories

/// Base B in memory, which can fail, be overtaken and be damaged on demand.
actor MemoryProfiles: ProfileRepository {
    private(set) var records: [SubjectToken: ProfileRecord] = [:]
    private(set) var history: [ScoreRecord] = []
    private(set) var callCount = 0
    /// Everything that was ever handed over.
    private(set) var contents: [ProfileContent] = []
    private var failure: StoreError?
    private var overtakings = 0

    /// Forgets what it was given, so that it can serve again as if it were new.
    func clear() {
        records = [:]
        history = []
        contents = []
    }

    func fail(with failure: StoreError?) { self.failure = failure }

    /// Lets somebody else write first in the next `count` writing calls.
    func overtake(_ count: Int) { overtakings = count }

    func damage(_ token: SubjectToken, _ change: @Sendable (inout ProfileContent) -> Void) {
        if var record = records[token] {
            change(&record.content)
            records[token] = record
        }
    }

    func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try begin()
        contents += profiles.map(\.content)
        if overtakings > 0 {
            overtakings -= 1
            for profile in profiles { records[profile.content.token]?.version += 1 }
        }
        return profiles.map { profile in
            let current = records[profile.content.token]
            let version = current?.version ?? 0
            if let expected = profile.expectedVersion, expected != version {
                return .versionConflict(current: version)
            }
            records[profile.content.token] = ProfileRecord(
                content: profile.content, version: version + 1, createdAt: current?.createdAt ?? profile.at,
                updatedAt: profile.at)
            return .written(version: version + 1)
        }
    }

    func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [ProfileRecord?] {
        try begin()
        return tokens.map { records[$0] }
    }

    func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try begin()
        return deletions.map { deletion in
            guard let record = records[deletion.token] else { return .notFound }
            if let expected = deletion.expectedVersion, expected != record.version {
                return .versionConflict(current: record.version)
            }
            records[deletion.token] = nil
            history.removeAll { $0.token == deletion.token }
            return .written(version: record.version)
        }
    }

    func append(_ scores: [ScoreRecord]) async throws(StoreError) {
        try begin()
        history += scores
    }

    func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [[ScoreRecord]] {
        try begin()
        return queries.map { query in
            let own = history.filter { score in
                score.token == query.token && query.before.map { score.scoreID < $0 } ?? true
            }
            return Array(own.sorted { $1.scoreID < $0.scoreID }.prefix(query.limit))
        }
    }

    func health() async -> StoreHealth {
        StoreHealth(base: .b, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    private func begin() throws(StoreError) {
        callCount += 1
        if let failure { throw failure }
    }
}
