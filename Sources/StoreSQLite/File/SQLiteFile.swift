import Bureau
import GRDB
import Repositories

/// A store that is one SQLite file.
protocol SQLiteStore: ErasableStore {
    var file: SQLiteFile { get }
}

extension SQLiteStore {
    public func health() async -> StoreHealth { await file.health() }

    /// Reads the file, and writes to it what it deletes again.
    public func check() async -> [StoreCheck] {
        let base = file.base
        return [
            await check("reads", remedy: "Look at the file's rights and its disk.") { () async throws(StoreError) in
                _ = try await file.read { db in try KeyRingTable(db, base).mark() }
            },
            await check("writes", remedy: "Make room on the disk of the file, and let the daemon write there.") {
                () async throws(StoreError) in
                // A single page often finds room where a group of requests finds none.
                try await file.write { db in
                    try db.execute(sql: "INSERT INTO creditd_probe VALUES (zeroblob(65536))")
                }
                try await file.write { db in try db.execute(sql: "DELETE FROM creditd_probe") }
            },
        ]
    }

    /// Does nothing: a file takes no credentials.
    public func reloadCredentials() {}

    public func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let base = file.base
        return try await file.read { db in try KeyRingTable(db, base).mark() }
    }

    public func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        let base = file.base
        return try await file.write { db in try KeyRingTable(db, base).bind(ring) }
    }

    private func check(
        _ what: String, remedy: String, _ step: () async throws(StoreError) -> Void
    ) async -> StoreCheck {
        do throws(StoreError) {
            try await step()
            return StoreCheck(what, .passed(note: nil))
        } catch {
            let reason = error.reason ?? StoreReason(.failed, "the file is damaged, or is not one of this program")
            return StoreCheck(what, .failed(reason, remedy: remedy))
        }
    }
}

/// One base's SQLite file: a writing connection, a pool of reading ones, and the schema that they expect.
///
/// No call blocks the calling thread: work runs on GRDB's own queues. When the task of a call is cancelled, work that
/// has not begun is dropped; work that has begun, a matter of milliseconds, runs to its end.
final class SQLiteFile: Sendable {
    let base: Base
    private let pool: DatabasePool
    private let commits: CommitQueue
    private let migrations: [MigrationStep]

    /// Opens the file, making it (mode 0600) and applying migrations as needed. Blocks; meant for a program's start.
    init(
        _ base: Base, path: String, migrations: [MigrationStep], busyTimeoutMilliseconds: Int
    ) throws(StoreOpenError) {
        self.base = base
        self.migrations = migrations
        pool = try DatabasePool.open(base, path: path, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
        commits = CommitQueue(pool: pool)
        let schema = SQLiteSchema(base: base, pool: pool, steps: migrations)
        do {
            // Read without a lock, so that a file which lacks nothing opens while another process writes to it.
            guard try !schema.plan().stepsUp(1, of: base).isEmpty else { return }
            try schema.run(.up, nil) { _ in }
        } catch {
            throw StoreOpenError(sqlite: error, base)
        }
    }

    /// Runs `body` on a reading connection, in a snapshot that holds every write that has returned.
    ///
    /// It waits for no write.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let base = base
        let result: Result<Value, StoreError> = await withCancellation { cancellation, complete in
            pool.asyncRead { connection in
                guard !cancellation.isCancelled else { return complete(.failure(.dropped(base))) }
                do {
                    complete(.success(try body(connection.get())))
                } catch {
                    complete(.failure(StoreError(error, base)))
                }
            }
        } cancel: { _ in
        }
        return try result.get()
    }

    /// Runs `body` in a transaction on the writing connection and returns when it is committed.
    ///
    /// - Parameter failed: the meaning of a failure for the caller.
    func write<Value: Sendable>(
        failed: @escaping @Sendable (TransactionFailure, Base) -> StoreError = { $0.storeError($1) },
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let base = base
        let result: Result<Value, StoreError> = await withCancellation { cancellation, complete in
            let batch = CommitQueue.Batch(
                run: { db in
                    let value = try body(db)
                    return { complete(.success(value)) }
                },
                fail: { complete(.failure(failed($0, base))) },
                cancellation: cancellation)
            commits.add(batch)
        } cancel: { [commits] cancellation in
            commits.drop(cancellation)
        }
        return try result.get()
    }

    /// Writes the log back into the file and empties it, so that it keeps no former copy of what was overwritten. What
    /// a reader still needs stays until later.
    func emptyLog() async {
        await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                _ = try? db.checkpoint(.truncate)
                continuation.resume()
            }
        }
    }

    /// Returns SQLite's version, the time of one query of the file, and the state of its schema.
    func health() async -> StoreHealth {
        let start = ContinuousClock.now
        let reply: (version: String?, applied: [AppliedStep])?
        var reason: StoreReason?
        do throws(StoreError) {
            reply = try await read { db in
                (try String.fetchOne(db, sql: "SELECT sqlite_version()"), try MigrationTable.rows(in: db))
            }
        } catch {
            reply = nil
            reason = error.reason ?? StoreReason(.failed, "the file is damaged")
        }
        return StoreHealth(
            base: base,
            engine: reply?.version.map { "SQLite \($0)" },
            roundTripMicroseconds: Int64((ContinuousClock.now - start) / .microseconds(1)),
            migrationsApplied: MigrationPlan(steps: migrations, applied: reply?.applied ?? []).appliedCount,
            migrationsKnown: migrations.count, reason: reason)
    }
}
