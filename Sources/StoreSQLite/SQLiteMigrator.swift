import Bureau
import GRDB
import Glibc
import Repositories

/// Brings the schema of one base's SQLite file up and down.
///
/// Each step is one transaction together with the row that remembers it, under SQLite's write lock. Stores may be open
/// on the file meanwhile, in this process or in others; their calls wait while a step runs.
package struct SQLiteMigrator: Migrator {
    private let base: Base
    private let path: String
    private let steps: [MigrationStep]
    private let settings: SQLiteSettings

    /// Opens nothing yet. Going up makes the file, with mode 0600, when it is not there.
    ///
    /// - Parameters:
    ///   - steps: every step of the base's schema, in order.
    ///   - busyTimeoutMilliseconds: how long a step waits while another process writes to the file.
    package init(_ base: Base, path: String, steps: [MigrationStep], busyTimeoutMilliseconds: Int = 60_000) {
        self.base = base
        self.path = path
        self.steps = steps
        settings = SQLiteSettings(base, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    package func status() throws(MigrationError) -> [MigrationState] {
        guard fileIsThere else { return SchemaState(known: steps, applied: []).states }
        return try explaining { () throws(StoreOpenError) in try session().state().states }
    }

    package func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        try explaining { () throws(StoreOpenError) in
            let session = try session()
            var left = count ?? .max
            while left > 0, try session.applyNext(progress: progress) { left -= 1 }
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        guard fileIsThere else { return }
        try explaining { () throws(StoreOpenError) in
            let session = try session()
            var left = count
            while left > 0, try session.revertLast(progress: progress) { left -= 1 }
        }
    }

    /// True also when it cannot be told, so that opening the file says why.
    private var fileIsThere: Bool {
        access(path, F_OK) == 0 || errno != ENOENT
    }

    private func session() throws(StoreOpenError) -> MigrationSession {
        MigrationSession(base: base, pool: try DatabasePool.open(base, path: path, settings: settings), steps: steps)
    }

    private func explaining<Result>(
        _ body: () throws(StoreOpenError) -> Result
    ) throws(MigrationError) -> Result {
        do {
            return try body()
        } catch {
            switch error {
            case .inaccessible(let base), .notADatabase(let base), .busy(let base):
                throw .unreachable(base, reason: error.reason)
            case .drifted(let base, let step): throw .drifted(base, step: step)
            case .unknownStep(let base, let step): throw .unknownStep(base, step: step)
            case .stepFailed(let base, let step, let reason): throw .failed(base, step: step, reason: reason)
            }
        }
    }
}
