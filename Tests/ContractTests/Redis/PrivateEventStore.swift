import Bureau
import Repositories

/// A store on a server that other tests use too, seen through one test's own subjects.
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

    func health() async -> StoreHealth {
        await store.health()
    }

    private func exchange(_ event: EventRecord) -> EventRecord {
        var event = event
        event.token = subjects.exchange(event.token)
        return event
    }
}
