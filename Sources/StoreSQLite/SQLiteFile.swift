import Bureau
import GRDB
import Repositories

/// One base's SQLite file: a writing connection, a pool of reading ones, and the schema that they expect.
///
/// No call blocks the calling thread: work runs on GRDB's own queues. When the task of a call is cancelled, what has not
/// begun is dropped; what has begun, a matter of milliseconds, runs to its end.
final class SQLiteFile: Sendable {
    let base: Base
    private let pool: DatabasePool
    private let commits: CommitQueue
    private let migrations: [MigrationStep]

    /// Opens the file, making it (mode 0600) and applying migrations as needed. Blocks; meant for a program's start.
    init(
        _ base: Base, path: String, migrations: [MigrationStep], settings: SQLiteSettings
    ) throws(StoreOpenError) {
        self.base = base
        self.migrations = migrations
        pool = try DatabasePool.open(base, path: path, settings: settings)
        try Self.bringUp(MigrationSession(base: base, pool: pool, steps: migrations))
        commits = CommitQueue(pool: pool)
    }

    /// Runs `body` on a reading connection, in a snapshot that holds every write that has returned.
    ///
    /// It waits for no write.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        let base = base
        let cancellation = Cancellation()
        return try await answer { continuation in
            pool.asyncRead { connection in
                guard !cancellation.isCancelled else { return continuation.resume(returning: .failure(.dropped(base))) }
                do {
                    continuation.resume(returning: .success(try body(connection.get())))
                } catch {
                    continuation.resume(returning: .failure(StoreError(error, base)))
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs `body` in a transaction on the writing connection and returns when it is committed.
    ///
    /// - Parameter failed: what a failure is to the caller.
    func write<Result: Sendable>(
        failed: @escaping @Sendable (TransactionFailure, Base) -> StoreError = { $0.storeError($1) },
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        let base = base
        let cancellation = Cancellation()
        return try await answer { continuation in
            commits.add(
                CommitQueue.Batch(
                    run: { db in
                        let result = try body(db)
                        return { continuation.resume(returning: .success(result)) }
                    },
                    fail: { continuation.resume(returning: .failure(failed($0, base))) },
                    cancellation: cancellation))
        } onCancel: {
            commits.cancel(cancellation)
        }
    }

    /// SQLite's version, the time of one question to the file, and how far its schema is.
    func health() async -> StoreHealth {
        let clock = ContinuousClock()
        let start = clock.now
        let answer = try? await read { db in
            (version: try String.fetchOne(db, sql: "SELECT sqlite_version()"), applied: try MigrationTable.rows(in: db))
        }
        return StoreHealth(
            base: base,
            engine: answer?.version.map { "SQLite \($0)" },
            roundTripMicroseconds: Int64((clock.now - start) / .microseconds(1)),
            migrationsApplied: SchemaState(known: migrations, applied: answer?.applied ?? []).appliedCount,
            migrationsKnown: migrations.count)
    }

    /// Looks without a lock first, so that a file which lacks nothing opens while another process writes to it.
    private static func bringUp(_ session: MigrationSession) throws(StoreOpenError) {
        let state = try session.state()
        try state.check(session.base)
        guard state.firstMissing != nil else { return }
        while try session.applyNext(progress: { _ in }) {}
    }

    private func answer<Value: Sendable>(
        _ ask: (CheckedContinuation<Result<Value, StoreError>, Never>) -> Void,
        onCancel cancel: @Sendable () -> Void
    ) async throws(StoreError) -> Value {
        try await withTaskCancellationHandler {
            await withCheckedContinuation(ask)
        } onCancel: {
            cancel()
        }.get()
    }
}
