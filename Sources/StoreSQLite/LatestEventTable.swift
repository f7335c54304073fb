import GRDB
import Repositories

/// The writing of the newest event of each kind, on one connection.
struct LatestEventTable {
    private let upsert: PreparedStatement

    init(_ db: Database) throws {
        upsert = try PreparedStatement(
            """
            INSERT INTO latest_event (token, kind, occurred_at, event_id, body) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (token, kind) DO UPDATE
            SET occurred_at = excluded.occurred_at, event_id = excluded.event_id, body = excluded.body
            WHERE (excluded.occurred_at, excluded.event_id) > (latest_event.occurred_at, latest_event.event_id)
            """, on: db)
    }

    /// Keeps `event` unless a later one of its kind is kept, so that the order of arrival makes no difference.
    func replaceIfNewer(_ event: EventRecord) throws {
        try upsert.run(event.token, event.kind, event.occurredAt, event.eventID, event.body)
    }
}
