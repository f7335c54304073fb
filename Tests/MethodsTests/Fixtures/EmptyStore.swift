import Bureau
import Repositories

/// All three bases with nothing in them, which take nothing either.
struct EmptyStore: PersonRepository, ProfileRepository, EventRepository {
    func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome] {
        persons.map { _ in .notFound }
    }
    func read(_ reads: [PersonRead]) async throws(StoreError) -> [PersonRecord?] { reads.map { _ in nil } }
    func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] { updates.map { _ in .notFound } }
    func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome] {
        deletions.map { _ in .notFound }
    }
    func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] { changes.map { _ in .notFound } }

    func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] { profiles.map { _ in .notFound } }
    func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [ProfileRecord?] { tokens.map { _ in nil } }
    func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        deletions.map { _ in .notFound }
    }
    func append(_ scores: [ScoreRecord]) async throws(StoreError) {}
    func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [[ScoreRecord]] { queries.map { _ in [] } }

    func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] { events.map { _ in .recorded } }
    func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        tokens.map { _ in LatestEvents() }
    }
    func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] { queries.map { _ in [] } }

    func health() async -> StoreHealth {
        StoreHealth(base: .a, engine: "none", roundTripMicroseconds: 0, migrationsApplied: 0, migrationsKnown: 0)
    }
}
