import GRDB
import Repositories

/// The paging of a subject's history, on one connection.
struct EventHistoryQuery {
    private let page: PreparedStatement

    init(_ db: Database) throws {
        // Without a position the page starts before the end of time, where no event is.
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
        var events: [EventRecord] = []
        // SQLite takes a negative limit as none.
        let limit = max(0, query.limit)
        try page.forEach(query.token, query.kind, query.before?.occurredAt, query.before?.eventID, limit) { row in
            events.append(
                EventRecord(
                    token: query.token, kind: try row.value(0), occurredAt: try row.value(1),
                    eventID: try row.value(2), body: try row.value(3)))
        }
        return events
    }
}
