import Bureau
import GRDB

/// The table in which a file remembers its migrations.
enum MigrationTable {
    /// A migration that the file has seen.
    struct Row: Hashable, Sendable {
        let name: String
        let checksum: String
        let appliedAt: Instant
    }

    /// The migrations that are applied; none when there is no table yet.
    static func rows(in db: Database) throws -> [Row] {
        guard try PreparedStatement(existence, on: db).first(read: { _ in true }) != nil else { return [] }
        var rows: [Row] = []
        try PreparedStatement("SELECT name, checksum, applied_at FROM creditd_migration ORDER BY name", on: db)
            .forEach { row in
                try rows.append(Row(name: row.value(0), checksum: row.value(1), appliedAt: row.value(2)))
            }
        return rows
    }

    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS creditd_migration (
                    name TEXT PRIMARY KEY NOT NULL,
                    checksum TEXT NOT NULL,
                    applied_at INTEGER NOT NULL
                ) STRICT
                """)
    }

    /// Remembers a migration with the present second as its time, in microseconds as everywhere in the files.
    static func insert(_ name: String, checksum: String, in db: Database) throws {
        try PreparedStatement(
            "INSERT INTO creditd_migration VALUES (?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)", on: db
        ).run(name, checksum)
    }

    static func delete(_ name: String, in db: Database) throws {
        try PreparedStatement("DELETE FROM creditd_migration WHERE name = ?", on: db).run(name)
    }

    private static let existence = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'creditd_migration'"
}
