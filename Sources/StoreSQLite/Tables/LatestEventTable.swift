import Bureau
import GRDB
import Repositories

/// Writes the newest event of each kind, on one connection.
struct LatestEventTable {
    private let upsert: PreparedStatement
    private let deletion: PreparedStatement
    private let succession: PreparedStatement

    init(_ db: Database) throws {
        upsert = try PreparedStatement(
            """
            INSERT INTO latest_event (token, kind, occurred_at, event_id, body) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (token, kind) DO UPDATE
            SET occurred_at = excluded.occurred_at, event_id = excluded.event_id, body = excluded.body
            WHERE (excluded.occurred_at, excluded.event_id) > (latest_event.occurred_at, latest_event.event_id)
            """, on: db)
        deletion = try PreparedStatement(
            "DELETE FROM latest_event WHERE token = ?1 AND kind = ?2 AND event_id = ?3", on: db)
        succession = try PreparedStatement(
            """
            INSERT INTO latest_event (token, kind, occurred_at, event_id, body)
            SELECT token, kind, occurred_at, event_id, body FROM event INDEXED BY event_order
            WHERE token = ?1 AND kind = ?2 ORDER BY occurred_at DESC, event_id DESC LIMIT 1
            """, on: db)
    }

    /// Puts the newest event that the history has in the place of one that was removed from it.
    func replace(_ removed: EventRemoval, _ kind: EventKind) throws {
        guard try deletion.run(removed.token, kind, removed.eventID) > 0 else { return }
        try succession.run(removed.token, kind)
    }

    /// Keeps an event unless a newer one of its kind is there, so that the order of arrival makes no difference.
    func replaceIfNewer(_ event: EventRecord) throws {
        try upsert.run(event.token, event.kind, event.occurredAt, event.eventID, event.body)
    }
}

/// Reads the newest event of each kind, on one connection.
struct LatestEventQuery {
    private let search: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT kind, body FROM latest_event WHERE token = ?1", on: db)
    }

    func events(_ token: SubjectToken) throws -> LatestEvents {
        var (bureauQuery, movement, cardPurchase): ([UInt8]?, [UInt8]?, [UInt8]?) = (nil, nil, nil)
        try search.forEach(token) { row in
            switch try row.value(0, as: EventKind.self) {
            case .bureauQuery: bureauQuery = try row.value(1)
            case .movement: movement = try row.value(1)
            case .cardPurchase: cardPurchase = try row.value(1)
            }
        }
        return LatestEvents(bureauQuery: bureauQuery, movement: movement, cardPurchase: cardPurchase)
    }
}
