import Bureau
import Repositories

/// Brings base A's schema in PostgreSQL up and down.
///
/// The migrator logs in as the role that is to own the tables. Each step is one transaction together with the row that
/// remembers it, under a lock that keeps a second migrator waiting. The lock ends with the transaction, so that nothing
/// is left behind with a pooler.
public final class PostgresMigrator: Migrator {
    private let url: PostgresURL
    private let steps: [MigrationStep]
    private let limits: PostgresLimits
    private let session = MigrationSession()

    /// `steps` are all that the program has, in order; `url` is as for `PostgresPersonStore`.
    public init(
        url: String, steps: [MigrationStep], limits: PostgresLimits = PostgresLimits()
    ) throws(StoreOpenError) {
        self.url = try PostgresURL(url)
        self.steps = steps
        self.limits = limits
    }

    /// Takes no lock: it answers while another session migrates.
    public func status() throws(MigrationError) -> [MigrationState] {
        try session.open(url, limits) { (connection) throws(PostgresFailure) in
            let applied = try connection.appliedSteps(until: .now + limits.openTimeout)
            return MigrationPlan(steps: steps, applied: applied).states
        }
    }

    public func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        try execute(count, progress) { (plan) throws(MigrationError) in
            try plan.stepsUp(1, of: .a).first.map { step in
                Change(step: step, sql: step.up, note: MigrationSQL.insertion, values: [step.name, step.checksum])
            }
        }
    }

    public func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        try execute(count, progress) { (plan) throws(MigrationError) in
            try plan.stepsDown(1, of: .a).first.map { step in
                Change(step: step, sql: step.down, note: MigrationSQL.removal, values: [step.name])
            }
        }
    }

    public func grant() throws(MigrationError) -> Bool {
        let applied = Set(try status().filter { $0.appliedAt != nil }.map(\.name))
        let refusal = try session.open(url, limits) { (connection) throws(PostgresFailure) -> String? in
            try connection.inTransaction(limits) { () throws(PostgresFailure) in
                try connection.run(DaemonRights.sql(applied))
                let missing = try connection.rows(DaemonRights.missing(applied))
                guard missing.rowCount > 0 else { return nil }
                guard let obstacle: String = try? missing[0].value(0) else { throw .lost }
                return "the role that logs in may not grant every right: \(obstacle)"
            }
        }
        if let refusal { throw .refused(.a, reason: refusal) }
        return true
    }

    public func cancel() -> Bool {
        session.cancel()
    }

    /// A step on its way up or down, and the statement that remembers it.
    private struct Change {
        let step: MigrationStep
        let sql: String
        let note: String
        let values: [String]
    }

    /// Carries out the changes that `next` chooses, one transaction each, at most `count`.
    private func execute(
        _ count: Int?, _ progress: (MigrationProgress) -> Void,
        next: (MigrationPlan) throws(MigrationError) -> Change?
    ) throws(MigrationError) {
        var left = count ?? .max
        while left > 0, try executeNext(progress, next) { left -= 1 }
    }

    /// Carries out one change, again when it did not get a lock in time; false when there is none to carry out.
    private func executeNext(
        _ progress: (MigrationProgress) -> Void, _ next: (MigrationPlan) throws(MigrationError) -> Change?
    ) throws(MigrationError) -> Bool {
        var change: Change?
        var refusal: MigrationError?
        var attempt = 0
        func attemptOnce() throws(MigrationError) -> Bool {
            try session.open(url, limits, step: { change?.step.name }) { (connection) throws(PostgresFailure) in
                try connection.inTransaction(limits) { () throws(PostgresFailure) in
                    _ = try connection.rows(MigrationSQL.lock)
                    try connection.run(MigrationSQL.creation)
                    let plan = MigrationPlan(steps: steps, applied: try connection.appliedSteps())
                    let chosen: Change?
                    do throws(MigrationError) { chosen = try next(plan) } catch {
                        refusal = error
                        return false
                    }
                    guard let chosen else { return false }
                    if change == nil { progress(.begins(chosen.step.name)) }
                    change = chosen
                    try connection.run(chosen.sql)
                    guard connection.isInTransaction else { throw .transactionEnded }
                    _ = try connection.rows(chosen.note, chosen.values)
                    return true
                }
            }
        }
        while true {
            do throws(MigrationError) {
                let isDone = try attemptOnce()
                if let refusal { throw refusal }
                if isDone, let change { progress(.ended(change.step.name)) }
                return isDone
            } catch {
                attempt += 1
                guard session.lacksLock, attempt < limits.lockAttempts else { throw error }
                if attempt == 1 { progress(.waitsForLock) }
            }
        }
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

    static let insertion = "INSERT INTO creditd_migration (name, checksum) VALUES ($1, $2)"
    static let removal = "DELETE FROM creditd_migration WHERE name = $1"

    /// Keeps a second migrator waiting until the end of the transaction. The key is "creditd" in ASCII, which no other
    /// program's lock is likely to have.
    static let lock = "SELECT pg_advisory_xact_lock(\(0x63_72_65_64_69_74_64))"
}
