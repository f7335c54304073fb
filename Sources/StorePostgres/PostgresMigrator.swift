import Bureau
import CLibpq
import Repositories

/// Brings base A's schema in PostgreSQL up and down.
///
/// The migrator logs in as the role that is to own the tables. A session lock keeps a second migrator waiting. Each
/// step is one transaction together with the row that remembers it.
package struct PostgresMigrator: Migrator {
    private let url: PostgresURL
    private let steps: [MigrationStep]

    /// `steps` are all that the program has, in order; `url` is as for `PostgresPersonStore`.
    package init(url: String, steps: [MigrationStep]) throws(StoreOpenError) {
        self.url = try PostgresURL(url)
        self.steps = steps
    }

    package func status() throws(MigrationError) -> [MigrationState] {
        try withLock { (connection) throws(PostgresFailure) in try connection.appliedSteps() }.plan.states
    }

    package func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        let (connection, plan) = try withLock(Self.prepare)
        for step in try plan.stepsUp(count, of: .a) {
            try execute(step, step.up, MigrationSQL.insertion, [step.name, step.checksum], on: connection, progress)
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        let (connection, plan) = try withLock(Self.prepare)
        for step in try plan.stepsDown(count, of: .a) {
            try execute(step, step.down, MigrationSQL.removal, [step.name], on: connection, progress)
        }
    }

    /// Takes the lock on a new connection, which holds the lock until it is closed, and makes a plan.
    private func withLock(
        _ read: (PostgresConnection) throws(PostgresFailure) -> [AppliedStep]
    ) throws(MigrationError) -> (connection: PostgresConnection, plan: MigrationPlan) {
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(url, limits: PostgresLimits())
            _ = try connection.rows(MigrationSQL.lock)
            return (connection, MigrationPlan(steps: steps, applied: try read(connection)))
        } catch {
            throw .unreachable(.a, reason: error.reason)
        }
    }

    /// Creates the table of the migrations if there is none, and reads it.
    private static func prepare(_ connection: PostgresConnection) throws(PostgresFailure) -> [AppliedStep] {
        if try !connection.hasMigrationTable() { try connection.run(MigrationSQL.creation) }
        return try connection.appliedSteps()
    }

    /// Runs the SQL of a step, and the statement that remembers the step, in one transaction.
    private func execute(
        _ step: MigrationStep, _ sql: String, _ note: String, _ parameters: [String],
        on connection: PostgresConnection, _ progress: (MigrationProgress) -> Void
    ) throws(MigrationError) {
        progress(.begins(step.name))
        do throws(PostgresFailure) {
            try connection.run("BEGIN")
            try connection.run(sql)
            _ = try connection.rows(note, parameters)
            // A step that ended the transaction itself could not be undone.
            guard PQtransactionStatus(connection.handle) == PQTRANS_INTRANS else { throw .transactionEnded }
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw .failed(.a, step: step.name, reason: error.reason)
        }
        progress(.ended(step.name))
    }
}

/// The table in which a database remembers its migrations.
private enum MigrationSQL {
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

    /// Takes a session lock, so that a second migrator waits while the state is read and written. The key is "creditd"
    /// in ASCII, which no other program's lock is likely to have.
    static let lock = "SELECT pg_advisory_lock(\(0x63_72_65_64_69_74_64))"
}

extension PostgresConnection {
    /// Reads the steps that are applied; none when no migrator has seen the database.
    func appliedSteps() throws(PostgresFailure) -> [AppliedStep] {
        try hasMigrationTable() ? Self.steps(rows(MigrationSQL.rows)) : []
    }

    /// Reads the steps that are applied in a database with a table of migrations, or throws at `deadline`.
    func appliedSteps(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> [AppliedStep] {
        try Self.steps(rows(MigrationSQL.rows, until: deadline))
    }

    fileprivate func hasMigrationTable() throws(PostgresFailure) -> Bool {
        try rows(MigrationSQL.existence).rowCount == 1
    }

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
