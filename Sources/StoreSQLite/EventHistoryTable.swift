import Bureau
import GRDB
import Repositories

/// The writing of base C's bounded histories, on one connection.
struct EventHistoryTable {
    private let insertion: PreparedStatement
    private let census: PreparedStatement
    private let trimming: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            "INSERT INTO event (token, occurred_at, event_id, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)", on: db)
        census = try PreparedStatement(
            """
            SELECT count(*), count(*) FILTER (WHERE event_id = ?2) FROM event INDEXED BY event_order WHERE token = ?1
            """, on: db)
        trimming = try PreparedStatement(
            """
            DELETE FROM event WHERE id IN (
                SELECT id FROM event WHERE token = ?1 ORDER BY occurred_at, event_id LIMIT ?2)
            """, on: db)
    }

    /// Inserts an event; returns how many the subject's history has now, or nil when it holds the identifier already.
    func insert(_ event: EventRecord) throws -> Int? {
        let (held, same): (Int, Int) =
            try census.first(event.token, event.eventID) { (try $0.value(0), try $0.value(1)) } ?? (0, 0)
        guard same == 0 else { return nil }
        try insertion.run(event.token, event.occurredAt, event.eventID, event.kind, event.body)
        return held + 1
    }

    /// Drops the oldest events that are too many of the `held`.
    func trim(_ token: SubjectToken, held: Int) throws {
        let excess = held - EventHistory.maximumEvents
        if excess > 0 { try trimming.run(token, excess) }
    }
}
