import Bureau
import GRDB
import Repositories

/// The schema of one file, which changes a step at a time.
///
/// Each step is one transaction, which takes SQLite's write lock before it reads the applied steps. Several processes
/// may therefore work on one file, and each step is applied once. Functions throw a `MigrationError` for what is wrong
/// with a step, and GRDB's errors for what is wrong with the file.
struct SQLiteSchema {
    let base: Base
    let pool: DatabasePool
    let steps: [MigrationStep]

    /// Reads what is applied; waits for no writer.
    func plan() throws -> MigrationPlan {
        try pool.read { db in try plan(db) }
    }

    /// Applies the next steps, or takes the last ones back: all of them when `count` is nil.
    func run(_ direction: Direction, _ count: Int?, progress: (MigrationProgress) -> Void) throws {
        var left = count ?? .max
        while left > 0, try runNext(direction, progress) { left -= 1 }
    }

    enum Direction { case up, down }

    private func plan(_ db: Database) throws -> MigrationPlan {
        MigrationPlan(steps: steps, applied: try MigrationTable.rows(in: db))
    }

    /// Runs the next step; returns false when there is none.
    private func runNext(_ direction: Direction, _ progress: (MigrationProgress) -> Void) throws -> Bool {
        var current: MigrationStep?
        do {
            try withoutForeignKeys { db in
                try db.inTransaction(.immediate) {
                    try db.execute(sql: MigrationTable.creation)
                    let plan = try plan(db)
                    current = try (direction == .up ? plan.stepsUp(1, of: base) : plan.stepsDown(1, of: base)).first
                    guard let step = current else { return .rollback }
                    progress(.begins(step.name))
                    try run(step, direction, on: db)
                    return .commit
                }
            }
        } catch let error as DatabaseError where error.openCause == nil {
            guard let current else { throw error }
            throw failure(of: current, error.message ?? "\(error.resultCode)")
        }
        guard let current else { return false }
        progress(.ended(current.name))
        return true
    }

    private func run(_ step: MigrationStep, _ direction: Direction, on db: Database) throws {
        switch direction {
        case .up:
            try db.execute(sql: step.up)
            try check(db, after: step)
            try PreparedStatement(MigrationTable.insertion, on: db).run(step.name, step.checksum)
        case .down:
            guard !step.down.isEmpty else { throw failure(of: step, "it has no SQL to take it back") }
            db.add(function: Self.refuseLoss)
            try db.execute(sql: step.down)
            try check(db, after: step)
            try PreparedStatement(MigrationTable.deletion, on: db).run(step.name)
        }
    }

    private func check(_ db: Database, after step: MigrationStep) throws {
        guard db.isInsideTransaction else {
            throw failure(of: step, "its SQL ends the transaction, which is the migrator's to do")
        }
        // GRDB's own check would quote the row.
        let table = try PreparedStatement("PRAGMA foreign_key_check", on: db).first { try $0.value(0, as: String.self) }
        guard table == nil else { throw failure(of: step, "it leaves rows that refer to rows that are not there") }
    }

    /// The SQL function by which a step that is taken back refuses to lose data: it fails unless its argument, which
    /// tells what would be lost, is NULL.
    private static let refuseLoss = DatabaseFunction("refuse_loss", argumentCount: 1) { values in
        guard let loss = String.fromDatabaseValue(values[0]) else { return nil }
        throw DatabaseError(message: "this would be lost: \(loss)")
    }

    private func failure(of step: MigrationStep, _ reason: String) -> MigrationError {
        .failed(base, step: step.name, reason: reason)
    }

    /// Runs `body` without foreign keys, because a step that rebuilds a table drops the old one, which must not delete
    /// the rows that refer to it. SQLite does not change this setting within a transaction.
    private func withoutForeignKeys(_ body: (Database) throws -> Void) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            let result = Result { try body(db) }
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            try result.get()
        }
    }
}

/// The table in which a file remembers its migrations.
enum MigrationTable {
    /// Reads the applied steps; none when there is no table yet.
    static func rows(in db: Database) throws -> [AppliedStep] {
        let existence = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'creditd_migration'"
        guard try PreparedStatement(existence, on: db).first(read: { _ in true }) != nil else { return [] }
        return try PreparedStatement("SELECT name, checksum, applied_at FROM creditd_migration ORDER BY name", on: db)
            .all { try AppliedStep(name: $0.value(0), checksum: $0.value(1), appliedAt: $0.value(2)) }
    }

    fileprivate static let creation = """
        CREATE TABLE IF NOT EXISTS creditd_migration (
            name TEXT PRIMARY KEY NOT NULL,
            checksum TEXT NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT
        """

    /// The time is the present second, in microseconds as everywhere in the files.
    fileprivate static let insertion =
        "INSERT INTO creditd_migration VALUES (?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)"

    fileprivate static let deletion = "DELETE FROM creditd_migration WHERE name = ?"
}
