import Bureau
import GRDB
import Repositories

/// Changes the schema of one file, a step at a time.
///
/// Each step is one transaction, which takes SQLite's write lock before it looks at what is applied: several processes
/// may work on one file, and each step is applied once.
struct MigrationSession {
    let base: Base
    let pool: DatabasePool
    let steps: [MigrationStep]

    /// What is applied now; waits for nobody.
    func state() throws(StoreOpenError) -> SchemaState {
        do {
            return try pool.read { db in try SchemaState(known: steps, applied: MigrationTable.rows(in: db)) }
        } catch {
            throw .init(error, base)
        }
    }

    /// Applies the next step; returns false when none is missing.
    func applyNext(progress: (MigrationProgress) -> Void) throws(StoreOpenError) -> Bool {
        try change(\.firstMissing, progress: progress) { db, step in
            try db.execute(sql: step.up)
            return { try MigrationTable.insert(step.name, checksum: step.checksum, in: db) }
        }
    }

    /// Takes the last step back; returns false when none is applied.
    func revertLast(progress: (MigrationProgress) -> Void) throws(StoreOpenError) -> Bool {
        try change(\.lastApplied, progress: progress) { db, step in
            guard !step.down.isEmpty else {
                throw StoreOpenError.stepFailed(base, step: step.name, reason: "it has no SQL to take it back")
            }
            try db.execute(sql: step.down)
            return { try MigrationTable.delete(step.name, in: db) }
        }
    }

    /// Runs `body` on the step that `next` picks, then what it returns, which notes it down.
    private func change(
        _ next: (SchemaState) -> MigrationStep?, progress: (MigrationProgress) -> Void,
        by body: (Database, MigrationStep) throws -> () throws -> Void
    ) throws(StoreOpenError) -> Bool {
        var step: MigrationStep?
        do {
            try withoutForeignKeys { db in
                try db.inTransaction(.immediate) {
                    try MigrationTable.create(in: db)
                    let state = try SchemaState(known: steps, applied: MigrationTable.rows(in: db))
                    try state.check(base)
                    step = next(state)
                    guard let step else { return .rollback }
                    progress(.begins(step.name))
                    let note = try body(db, step)
                    try check(db, after: step)
                    try note()
                    return .commit
                }
            }
        } catch let error as StoreOpenError {
            throw error
        } catch {
            throw .init(error, base, step: step?.name)
        }
        guard let step else { return false }
        progress(.ended(step.name))
        return true
    }

    /// To rebuild a table is to drop it, which must not delete the rows that refer to it. SQLite does not change this
    /// setting within a transaction.
    private func withoutForeignKeys(_ body: (Database) throws -> Void) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            let result = Result { try body(db) }
            try db.execute(sql: "PRAGMA foreign_keys = ON")
            try result.get()
        }
    }

    private func check(_ db: Database, after step: MigrationStep) throws {
        guard db.isInsideTransaction else {
            throw StoreOpenError.stepFailed(
                base, step: step.name, reason: "its SQL ends the transaction, which is the migrator's to do")
        }
        // GRDB's own check would quote the row.
        let table = try PreparedStatement("PRAGMA foreign_key_check", on: db).first { try $0.value(0, as: String.self) }
        guard table == nil else {
            throw StoreOpenError.stepFailed(
                base, step: step.name, reason: "it leaves rows that refer to rows that are not there")
        }
    }
}
