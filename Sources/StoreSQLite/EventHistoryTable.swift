import GRDB
import Repositories

/// The writing of base C's bounded histories, on one connection.
struct EventHistoryTable {
    private let insertion: PreparedStatement
    private let count: PreparedStatement
    private let trimming: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO event (token, occurred_at, event_id, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO NOTHING
            """, on: db)
        // The index has no bodies: a full history's entries in it fill five pages.
        count = try PreparedStatement(
            "SELECT count(*) FROM event INDEXED BY event_identity WHERE token = ?1", on: db)
        trimming = try PreparedStatement(
            """
            DELETE FROM event WHERE token = ?1 AND (occurred_at, event_id) IN (
                SELECT occurred_at, event_id FROM event WHERE token = ?1 ORDER BY occurred_at, event_id LIMIT ?2)
            """, on: db)
    }

    /// False when the subject's history holds an event of this identifier.
    func insert(_ event: EventRecord) throws -> Bool {
        try insertion.run(event.token, event.occurredAt, event.eventID, event.kind, event.body) == 1
    }

    /// Drops the oldest events that are too many.
    func trim(_ token: SubjectToken) throws {
        let held: Int = try count.first(token) { try $0.value(0) } ?? 0
        let excess = held - EventHistory.maximumEvents
        if excess > 0 { try trimming.run(token, excess) }
    }
}
