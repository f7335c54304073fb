import Bureau
import GRDB
import Repositories

/// Writes base C's bounded histories, one for each kind, on one connection.
struct EventHistoryTable {
    private let search: PreparedStatement
    private let reading: PreparedStatement
    private let insertion: PreparedStatement
    private let trimming: PreparedStatement
    private let deletion: PreparedStatement
    private let dropped: DroppedEventTable

    init(_ db: Database) throws {
        // One pass over the subject's part of the index.
        search = try PreparedStatement(
            """
            SELECT count(*) FILTER (WHERE kind = ?2),
                count(*) FILTER (WHERE kind = ?2 AND (occurred_at, event_id) > (?3, ?4)),
                max(CASE WHEN event_id = ?4 THEN id END)
            FROM event INDEXED BY event_order WHERE token = ?1
            """, on: db)
        reading = try PreparedStatement("SELECT kind, occurred_at, body FROM event WHERE id = ?1", on: db)
        insertion = try PreparedStatement(
            "INSERT INTO event (token, occurred_at, event_id, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)", on: db)
        trimming = try PreparedStatement(
            """
            DELETE FROM event WHERE id IN (
                SELECT id FROM event INDEXED BY event_order WHERE token = ?1 AND kind = ?2 AND occurred_at < ?3
                ORDER BY occurred_at, event_id LIMIT ?4)
            RETURNING occurred_at, event_id
            """, on: db)
        deletion = try PreparedStatement(
            """
            DELETE FROM event WHERE id = (
                SELECT id FROM event INDEXED BY event_order WHERE token = ?1 AND event_id = ?2)
            RETURNING kind
            """, on: db)
        dropped = try DroppedEventTable(db)
    }

    /// Inserts an event, and drops the events that are then beyond the bounds of its kind.
    func insert(_ event: EventRecord) throws -> RecordOutcome {
        let found: (held: Int, newer: Int, same: Int64?)? = try search.first(
            event.token, event.kind, event.occurredAt, event.eventID
        ) { (try $0.value(0), try $0.value(1), try $0.value(2)) }
        let (held, newer, same) = found ?? (0, 0, nil)
        if let same { return try isThere(event, at: same) ? .duplicate : .conflict }
        let now = event.recordedAt ?? .first
        guard EventHistory.keeps(newer + 1, of: event.kind, from: event.occurredAt, at: now) else { return .older }
        // What is newer than an event that is kept is newer than all that were dropped.
        if newer == held, try dropped.reaches(event) { return .older }
        try insertion.run(event.token, event.occurredAt, event.eventID, event.kind, event.body)
        try trim(event, held: held + 1, at: now)
        return .recorded
    }

    /// Deletes an event and returns its kind; nil when there is none.
    func delete(_ removal: EventRemoval) throws -> EventKind? {
        var kind: EventKind?
        try deletion.forEach(removal.token, removal.eventID) { kind = try $0.value(0) }
        return kind
    }

    private func isThere(_ event: EventRecord, at id: Int64) throws -> Bool {
        try reading.first(id) { row in
            try row.value(0) == event.kind && row.value(1) == event.occurredAt && event.hasContent(of: row.value(2))
        } ?? false
    }

    private func trim(_ event: EventRecord, held: Int, at now: Instant) throws {
        let excess = held - EventHistory.maximumEvents
        guard excess > 0 else { return }
        let most = EventHistory.most(of: event.kind)
        if held > most { try drop(event, before: .max, held - most) }
        guard most > EventHistory.maximumEvents else { return }
        let left = min(held, most) - EventHistory.maximumEvents
        try drop(event, before: EventHistory.keptSince(at: now).microsecondsSinceEpoch, left)
    }

    /// Drops the oldest events of an event's subject and kind, and notes the newest of these.
    private func drop(_ event: EventRecord, before: Int64, _ count: Int) throws {
        var newest: (Instant, EventID)?
        try trimming.forEach(event.token, event.kind, before, count) { row in
            let position: (Instant, EventID) = (try row.value(0), try row.value(1))
            if let other = newest, position <= other { return }
            newest = position
        }
        if let (occurredAt, eventID) = newest { try dropped.note(event, occurredAt, eventID) }
    }
}

/// Reads pages of a subject's history, on one connection.
struct EventHistoryQuery {
    private let pageOfKind: PreparedStatement
    private let pageOfAll: PreparedStatement

    init(_ db: Database) throws {
        pageOfKind = try PreparedStatement(Self.page(of: ["?2"]), on: db)
        pageOfAll = try PreparedStatement(Self.page(of: EventKind.allCases.map { "'\($0.rawValue)'" }), on: db)
    }

    func page(_ query: HistoryQuery) throws -> [EventRecord] {
        let statement = query.kind == nil ? pageOfAll : pageOfKind
        // SQLite reads a negative limit as no limit.
        let limit = max(0, query.limit)
        return try statement.all(
            query.token, query.kind, query.before?.occurredAt, query.before?.eventID, limit
        ) { row in
            EventRecord(
                token: query.token, kind: try row.value(0), occurredAt: try row.value(1), eventID: try row.value(2),
                body: try row.value(3))
        }
    }

    /// The newest of each kind in the index's order, merged; only the page's rows are read.
    ///
    /// Without a position the page starts before the greatest integer, which no event has as its time. Parameter 2 is
    /// bound whether it is used or not.
    private static func page(of kinds: [String]) -> String {
        let parts = kinds.map { kind in
            """
            SELECT * FROM (
                SELECT id, occurred_at, event_id FROM event INDEXED BY event_order
                WHERE token = ?1 AND kind = \(kind)
                    AND (occurred_at, event_id) < (coalesce(?3, \(Int64.max)), coalesce(?4, ''))
                ORDER BY occurred_at DESC, event_id DESC LIMIT ?5)
            """
        }
        return """
            SELECT event.kind, event.occurred_at, event.event_id, event.body FROM (
                \(parts.joined(separator: "\nUNION ALL\n")) ORDER BY 2 DESC, 3 DESC LIMIT ?5) AS page
            JOIN event ON event.id = page.id
            WHERE ?2 IS NULL OR event.kind = ?2
            ORDER BY page.occurred_at DESC, page.event_id DESC
            """
    }
}
