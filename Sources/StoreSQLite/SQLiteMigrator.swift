import Bureau
import GRDB
import Glibc
import Repositories

/// Brings the schema of one base's SQLite file up and down.
///
/// Each step is one transaction together with the row that remembers it, under SQLite's write lock. Stores may be open
/// on the file meanwhile, in this process or in others; their calls wait while a step runs.
public struct SQLiteMigrator: Migrator {
    private let base: Base
    private let path: String
    private let steps: [MigrationStep]
    private let busyTimeoutMilliseconds: Int

    /// Opens nothing yet. Going up makes the file, with mode 0600, when it is not there.
    ///
    /// - Parameters:
    ///   - steps: every step of the base's schema, in order.
    ///   - busyTimeoutMilliseconds: the longest that a step waits while another process writes to the file.
    public init(_ base: Base, path: String, steps: [MigrationStep], busyTimeoutMilliseconds: Int = 60_000) {
        self.base = base
        self.path = path
        self.steps = steps
        self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    }

    public func status() throws(MigrationError) -> [MigrationState] {
        guard fileMayExist else { return MigrationPlan(steps: steps, applied: []).states }
        return try withSchema { try $0.plan().states }
    }

    public func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        try withSchema { try $0.run(.up, count, progress: progress) }
    }

    public func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        guard fileMayExist else { return }
        try withSchema { try $0.run(.down, count, progress: progress) }
    }

    /// True also when the system does not tell, so that opening the file gives the reason.
    private var fileMayExist: Bool {
        access(path, F_OK) == 0 || errno != ENOENT
    }

    private func withSchema<R>(_ body: (SQLiteSchema) throws -> R) throws(MigrationError) -> R {
        do {
            let pool = try DatabasePool.open(base, path: path, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
            return try body(SQLiteSchema(base: base, pool: pool, steps: steps))
        } catch let error as MigrationError {
            throw error
        } catch {
            throw .unreachable(base, reason: StoreOpenError(sqlite: error, base).reason)
        }
    }
}
