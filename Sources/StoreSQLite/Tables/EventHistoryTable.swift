import Bureau
import GRDB
import Repositories

/// Writes base C's bounded histories, on one connection.
struct EventHistoryTable {
    private let insertion: PreparedStatement
    private let counting: PreparedStatement
    private let trimming: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            "INSERT INTO event (token, occurred_at, event_id, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)", on: db)
        counting = try PreparedStatement(
            """
            SELECT count(*), count(*) FILTER (WHERE event_id = ?2) FROM event INDEXED BY event_order WHERE token = ?1
            """, on: db)
        trimming = try PreparedStatement(
            """
            DELETE FROM event WHERE id IN (
                SELECT id FROM event WHERE token = ?1 ORDER BY occurred_at, event_id LIMIT ?2)
            """, on: db)
    }

    /// Inserts an event; returns the length of the subject's history, or nil when the history has the identifier.
    func insert(_ event: EventRecord) throws -> Int? {
        let (held, same): (Int, Int) =
            try counting.first(event.token, event.eventID) { (try $0.value(0), try $0.value(1)) } ?? (0, 0)
        guard same == 0 else { return nil }
        try insertion.run(event.token, event.occurredAt, event.eventID, event.kind, event.body)
        return held + 1
    }

    /// Drops the oldest of the `held` events above the limit.
    func trim(_ token: SubjectToken, held: Int) throws {
        let excess = held - EventHistory.maximumEvents
        if excess > 0 { try trimming.run(token, excess) }
    }
}

/// Reads pages of a subject's history, on one connection.
struct EventHistoryQuery {
    private let page: PreparedStatement

    init(_ db: Database) throws {
        // Without a position the page starts before the greatest integer, which no event has as its time.
        page = try PreparedStatement(
            """
            SELECT kind, occurred_at, event_id, body FROM event
            WHERE token = ?1 AND (?2 IS NULL OR kind = ?2)
                AND (occurred_at, event_id) < (coalesce(?3, \(Int64.max)), coalesce(?4, ''))
            ORDER BY occurred_at DESC, event_id DESC
            LIMIT ?5
            """, on: db)
    }

    func page(_ query: HistoryQuery) throws -> [EventRecord] {
        // SQLite reads a negative limit as no limit.
        let limit = max(0, query.limit)
        return try page.all(query.token, query.kind, query.before?.occurredAt, query.before?.eventID, limit) { row in
            EventRecord(
                token: query.token, kind: try row.value(0), occurredAt: try row.value(1), eventID: try row.value(2),
                body: try row.value(3))
        }
    }
}
