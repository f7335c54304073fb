import Bureau
import GRDB
import Repositories

/// Reads all events of subjects since an instant, on one connection.
struct RecentEventsSearch {
    private let events: PreparedStatement
    private let dropped: PreparedStatement

    init(_ db: Database) throws {
        events = try PreparedStatement(
            """
            SELECT occurred_at, event_id, body FROM event INDEXED BY event_order
            WHERE token = ?1 AND kind = ?2 AND occurred_at > ?3
            """, on: db)
        dropped = try PreparedStatement("SELECT kind, occurred_at FROM dropped_event WHERE token = ?1", on: db)
    }

    func events(_ query: RecentEventsQuery) throws -> RecentEvents {
        var found: [EventRecord] = []
        for kind in query.kinds {
            try events.forEach(query.token, kind, query.since) { row in
                found.append(
                    EventRecord(
                        token: query.token, kind: kind, occurredAt: try row.value(0), eventID: try row.value(1),
                        body: try row.value(2)))
            }
        }
        var newest = InstantsOfKinds()
        try dropped.forEach(query.token) { newest[try $0.value(0)] = try $0.value(1) }
        return RecentEvents(found, dropped: newest, now: query.now)
    }
}
