import Bureau
import GRDB
import Repositories

/// Reads all events of subjects since an instant, on one connection.
struct RecentEventsSearch {
    private let events: PreparedStatement
    private let eventsOfAllKinds: PreparedStatement
    private let dropped: PreparedStatement
    /// Whether the table has any row, which it has only where histories are long.
    private let hasDropped: Bool

    init(_ db: Database) throws {
        events = try PreparedStatement(
            """
            SELECT occurred_at, body FROM event INDEXED BY event_order
            WHERE token = ?1 AND kind = ?2 AND occurred_at > ?3
            """, on: db)
        eventsOfAllKinds = try PreparedStatement(
            """
            SELECT occurred_at, body, kind FROM event INDEXED BY event_order
            WHERE token = ?1 AND occurred_at > ?2
            """, on: db)
        hasDropped =
            try PreparedStatement("SELECT EXISTS (SELECT 1 FROM dropped_event)", on: db)
            .first { try $0.value(0) } ?? false
        dropped = try PreparedStatement("SELECT kind, occurred_at FROM dropped_event WHERE token = ?1", on: db)
    }

    func events(_ query: RecentEventsQuery) throws -> RecentEvents {
        var found: [RecentEvent] = []
        var bodies: [UInt8] = []
        func take(_ kind: EventKind, _ row: SQLiteRow) throws {
            let start = bodies.count
            try row.append(1, to: &bodies)
            found.append(RecentEvent(kind: kind, occurredAt: try row.value(0), .body(start..<bodies.count)))
        }
        if query.kinds.count == EventKind.allCases.count {
            try eventsOfAllKinds.forEach(query.token, query.since) { try take(try $0.value(2), $0) }
        } else {
            for kind in query.kinds { try events.forEach(query.token, kind, query.since) { try take(kind, $0) } }
        }
        var newest = InstantsOfKinds()
        if hasDropped { try dropped.forEach(query.token) { newest[try $0.value(0)] = try $0.value(1) } }
        return RecentEvents(found, bodies: bodies, dropped: newest, now: query.now)
    }
}
