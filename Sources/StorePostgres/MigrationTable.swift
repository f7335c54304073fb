import Bureau
import Repositories

/// The table in which a database remembers its migrations.
enum MigrationTable {
    static let creation = """
        CREATE TABLE IF NOT EXISTS creditd_migration (
            name text PRIMARY KEY,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """

    static let existence = "SELECT 1 WHERE to_regclass('creditd_migration') IS NOT NULL"
    static let rows = "SELECT name, checksum, applied_at FROM creditd_migration ORDER BY name"
    static let insertion = "INSERT INTO creditd_migration (name, checksum) VALUES ($1, $2)"
    static let removal = "DELETE FROM creditd_migration WHERE name = $1"

    /// Held while the state is read and written, by the session, so that a second migrator waits.
    static let lock = "SELECT pg_advisory_lock(\(lockKey))"

    /// "creditd" in ASCII: a key that no other program's lock is likely to have.
    private static let lockKey: Int64 = 0x63_72_65_64_69_74_64

    /// One row.
    struct Row {
        let applied: SchemaState.Applied
        let appliedAt: Instant
    }

    static func read(_ table: ResultTable) throws(UnexpectedValue) -> [Row] {
        var rows: [Row] = []
        for index in 0..<table.rowCount {
            let row = table[index]
            rows.append(
                Row(
                    applied: SchemaState.Applied(name: try row.value(0), checksum: try row.value(1)),
                    appliedAt: try row.value(2)))
        }
        return rows
    }
}
