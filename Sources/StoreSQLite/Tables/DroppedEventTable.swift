import Bureau
import GRDB
import Repositories

/// The newest event of each kind that has been dropped from a subject's history, on one connection.
struct DroppedEventTable {
    private let search: PreparedStatement
    private let upsert: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement(
            """
            SELECT 1 FROM dropped_event WHERE token = ?1 AND kind = ?2 AND (occurred_at, event_id) >= (?3, ?4)
            """, on: db)
        upsert = try PreparedStatement(
            """
            INSERT INTO dropped_event (token, kind, occurred_at, event_id) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (token, kind) DO UPDATE SET occurred_at = excluded.occurred_at, event_id = excluded.event_id
            WHERE (excluded.occurred_at, excluded.event_id) > (dropped_event.occurred_at, dropped_event.event_id)
            """, on: db)
    }

    /// Whether an event is the newest of its kind that was dropped, or older.
    func reaches(_ event: EventRecord) throws -> Bool {
        try search.first(event.token, event.kind, event.occurredAt, event.eventID) { _ in true } ?? false
    }

    /// Notes an event that is dropped from the history of an event's subject and kind.
    func note(_ event: EventRecord, _ occurredAt: Instant, _ eventID: EventID) throws {
        try upsert.run(event.token, event.kind, occurredAt, eventID)
    }
}
