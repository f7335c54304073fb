import Bureau
import GRDB
import Repositories

/// Base A's tasks that are not done, on one connection.
struct OutboxTable {
    private let insertion: PreparedStatement
    private let search: PreparedStatement
    private let claiming: PreparedStatement
    private let listing: PreparedStatement
    private let deletion: PreparedStatement

    init(_ db: Database) throws {
        insertion = try PreparedStatement(
            """
            INSERT INTO outbox (entry_id, note, queued_at, locked_until) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO NOTHING
            """, on: db)
        search = try PreparedStatement("SELECT entry_id, note FROM outbox WHERE entry_id = ?1", on: db)
        claiming = try PreparedStatement(
            """
            UPDATE outbox SET locked_until = ?2 WHERE entry_id IN (
                SELECT entry_id FROM outbox WHERE locked_until < ?1 ORDER BY queued_at LIMIT ?3)
            RETURNING entry_id, note
            """, on: db)
        listing = try PreparedStatement("SELECT entry_id, note FROM outbox LIMIT ?1", on: db)
        deletion = try PreparedStatement("DELETE FROM outbox WHERE entry_id = ?1", on: db)
    }

    /// Keeps a task unless it is there, and returns what stands.
    func insert(_ new: NewOutboxEntry) throws -> OutboxEntry {
        try insertion.run(new.entry.entryID, new.entry.note, new.at, new.lockedUntil)
        return try search.first(new.entry.entryID, read: Self.entry) ?? new.entry
    }

    func claim(_ limit: Int, at now: Instant, until deadline: Instant) throws -> [OutboxEntry] {
        try claiming.all(now, deadline, limit, read: Self.entry)
    }

    func open(_ limit: Int) throws -> [OutboxEntry] {
        try listing.all(limit, read: Self.entry)
    }

    /// Removes a task; false when it is not there.
    func delete(_ entryID: RecordID) throws -> Bool {
        try deletion.run(entryID) == 1
    }

    private static func entry(_ row: SQLiteRow) throws -> OutboxEntry {
        OutboxEntry(entryID: try row.value(0), note: try row.value(1))
    }
}
