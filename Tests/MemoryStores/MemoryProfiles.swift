import Bureau
import Repositories
import Services

/// Base B in memory, which can fail, be overtaken and be damaged on demand.
package actor MemoryProfiles: ProfileRepository, MemoryStore {
    package internal(set) var records: [SubjectToken: ProfileRecord] = [:]
    package internal(set) var history: [ScoreRecord] = []
    var resealing = ResealingMark()
    private var registered: [RegisteredModel] = []
    var pastVersions: [SubjectToken: Int64] = [:]
    var receipts: [RepeatKey: Receipt] = [:]
    var graves: [SubjectToken: Tombstone] = [:]
    package private(set) var use = StoreUse()
    /// Every content that was ever passed in.
    package private(set) var contents: [ProfileContent] = []
    /// Every score that was ever passed in.
    package private(set) var appended: [NewScore] = []
    private var failure: StoreError?
    private var overtakings = 0

    package init() {}

    /// Forgets all records and calls, so that it can serve again as if it were new.
    package func clear() {
        use = StoreUse()
        records = [:]
        history = []
        registered = []
        contents = []
        appended = []
        pastVersions = [:]
        receipts = [:]
        graves = [:]
    }

    package func fail(with failure: StoreError?) { self.failure = failure }

    /// Lets another writer write first in the next `count` writing calls.
    package func overtake(_ count: Int) { overtakings = count }

    package func damage(_ token: SubjectToken, _ change: @Sendable (inout ProfileContent) -> Void) {
        if var record = records[token] {
            change(&record.content)
            records[token] = record
        }
    }

    package func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: profiles.map(\.content.token))
        contents += profiles.map(\.content)
        if overtakings > 0 {
            overtakings -= 1
            for profile in profiles { records[profile.content.token]?.version += 1 }
        }
        return profiles.map { profile in
            let token = profile.content.token
            if graves[token] != nil { return .erased }
            if isKnown(profile.receipt) { return .repeated }
            let current = records[token]
            if let expected = profile.expectedVersion, expected != current?.version ?? 0 {
                return .versionConflict(current: current?.version ?? 0)
            }
            let version = (current?.version ?? pastVersions[token] ?? 0) + 1
            records[token] = ProfileRecord(
                content: profile.content, version: version,
                times: RowTimes(
                    created: current?.times.created ?? profile.times.created, updated: profile.times.updated))
            return written(profile.receipt, version: version)
        }
    }

    package func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        try begin()
        return tokens.map { .success(records[$0]) }
    }

    /// Charges a unit for each subject.
    package func readMetered(_ tokens: [SubjectToken]) async throws(StoreError) -> MeteredProfiles {
        MeteredProfiles(profiles: try await read(tokens), readUnits: Double(tokens.count))
    }

    package func profiles(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ProfilePage {
        try begin()
        let tokens = records.keys.filter { Int($0.bytes[0]) % segment.count == segment.number }.sorted()
        let rest = tokens.filter { token in cursor.map { token.bytes.lexicographicallyPrecedes($0.bytes) } != true }
        let profiles = rest.prefix(limit).compactMap { token in
            records[token].map { WalkedProfile(token: token, facts: ProfileFacts($0, $0.times), times: $0.times) }
        }
        return ProfilePage(profiles: profiles, next: rest.dropFirst(limit).first.map { WalkCursor($0.bytes) })
    }

    package func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: deletions.map(\.token))
        return deletions.map { deletion in
            if isKnown(deletion.receipt) { return .repeated }
            guard let record = records[deletion.token] else { return .notFound }
            if let expected = deletion.expectedVersion, expected != record.version {
                return .versionConflict(current: record.version)
            }
            records[deletion.token] = nil
            pastVersions[deletion.token] = record.version
            history.removeAll { $0.token == deletion.token }
            return written(deletion.receipt, version: record.version)
        }
    }

    package func append(_ scores: [NewScore]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: [])
        appended += scores
        return scores.map { score in
            if isKnown(score.receipt) { return .repeated }
            guard records[score.token] != nil else { return .notFound }
            history.append(ScoreRecord(score))
            return written(score.receipt, version: 1)
        }
    }

    package func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        try begin()
        return queries.map { query in
            let own = history.filter { score in
                score.token == query.token && query.before.map { score.scoreID < $0 } ?? true
            }
            return .success(Array(own.sorted { $1.scoreID < $0.scoreID }.prefix(query.limit)))
        }
    }

    package func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        try begin()
        let start = cursor.map { Int($0.bytes[0]) << 8 | Int($0.bytes[1]) } ?? 0
        let end = min(start + limit, history.count)
        let scores = history[start..<end].filter { record in
            if case .packed = record.content { span.contains(record.computedAt) } else { false }
        }
        let next = end < history.count ? WalkCursor([UInt8(end >> 8), UInt8(end & 0xFF)]) : nil
        return ScoreWalkPage(scores: Array(scores), next: next)
    }

    package func deleteScores(before instant: Instant, limit: Int) async throws(StoreError) -> Int {
        try begin(writing: [])
        let expired = Set(history.filter { $0.computedAt < instant }.prefix(limit).map(\.scoreID))
        history.removeAll { expired.contains($0.scoreID) }
        return expired.count
    }

    package func register(_ models: [RegisteredModel]) async throws(StoreError) -> [RegisteredModel] {
        try begin(writing: [])
        return models.map { model in
            if let known = registered.first(where: { $0.name == model.name && $0.version == model.version }) {
                return known
            }
            registered.append(model)
            return model
        }
    }

    package func models() async throws(StoreError) -> [RegisteredModel] {
        try begin()
        return registered.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    package func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try begin()
        return keys.map { receipts[$0] }
    }

    package func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try begin(writing: tombstones.map(\.token))
        for tombstone in tombstones where graves[tombstone.token] == nil { graves[tombstone.token] = tombstone }
    }

    package func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try begin(writing: tokens)
        for token in tokens {
            records[token] = nil
            pastVersions[token] = nil
        }
        history.removeAll { tokens.contains($0.token) }
        receipts = receipts.filter { !tokens.contains($0.key.token) }
    }

    package func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try begin()
        return tokens.map { token in
            records[token] != nil || pastVersions[token] != nil || history.contains { $0.token == token }
                || receipts.keys.contains { $0.token == token }
        }
    }

    package func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try begin()
        return graves.page(after: token, limit: limit)
    }

    package func health() async -> StoreHealth {
        StoreHealth(base: .b, engine: "memory", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }

    private func isKnown(_ new: NewReceipt?) -> Bool { new.map { receipts[$0.key] != nil } ?? false }

    /// Keeps the receipt of a write that has taken effect.
    private func written(_ new: NewReceipt?, version: Int64) -> WriteOutcome {
        if var receipt = new?.receipt, let key = new?.key {
            receipt.version = version
            receipts[key] = receipt
        }
        return .written(version: version)
    }

    func begin(writing tokens: [SubjectToken]? = nil) throws(StoreError) {
        use.count(writing: tokens)
        if let failure { throw failure }
    }
}
