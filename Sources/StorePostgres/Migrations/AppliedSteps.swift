import Bureau
import Repositories

/// The steps that a database remembers as applied.
extension PostgresConnection {
    /// Reads the steps; none when no migrator has seen the database. Throws `refused` when the role may not look.
    func appliedSteps(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> [AppliedStep] {
        guard try rows(Self.existence, until: deadline).rowCount == 1 else {
            if try rows(Self.hiddenTable, until: deadline).rowCount > 0 {
                throw .refused(SQLState("42501"), message: "the role may not use the schema of the tables")
            }
            return []
        }
        return try Self.steps(rows(Self.names, until: deadline))
    }

    /// Reads the steps of a database with a table of migrations. Blocks as long as the server takes.
    func appliedSteps() throws(PostgresFailure) -> [AppliedStep] {
        try Self.steps(rows(Self.names))
    }

    private static let existence = "SELECT 1 WHERE to_regclass('creditd_migration') IS NOT NULL"
    private static let names = "SELECT name, checksum, applied_at FROM creditd_migration ORDER BY name"

    /// A table in the search path's schemas that a role without the right to use them does not see.
    private static let hiddenTable = """
        SELECT 1 FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace
        WHERE class.relname = 'creditd_migration' AND NOT has_schema_privilege(space.oid, 'USAGE')
            AND space.nspname = ANY (string_to_array(
                replace(translate(current_setting('search_path'), '" ', ''), '$user', current_user), ','))
        """

    private static func steps(_ table: ResultTable) throws(PostgresFailure) -> [AppliedStep] {
        do throws(UnexpectedValue) {
            var steps: [AppliedStep] = []
            for index in 0..<table.rowCount {
                let row = table[index]
                steps.append(
                    AppliedStep(name: try row.value(0), checksum: try row.value(1), appliedAt: try row.value(2)))
            }
            return steps
        } catch {
            throw .unreadableMigrations
        }
    }
}
