import Bureau
import GRDB
import Repositories
import Synchronization

/// The batches that wait for a file's one writing connection, committed in groups.
///
/// Batches that arrive during a commit share the next one, and so its wait for the disk. No batch waits for a group to
/// fill: a lone batch is committed at once. The queue has no limit of its own, because each caller waits for its batch.
///
/// A batch whose task is cancelled is dropped if it has not begun, also when its group waits for the file's lock. A
/// batch that has begun is carried out: to interrupt it would undo its neighbours in the same commit.
final class CommitQueue: Sendable {
    /// One batch. It may run twice: a group that fails is undone and its batches are tried one by one.
    struct Batch: Sendable {
        /// Writes, and returns the function that reports the success to the caller after the commit.
        let run: @Sendable (Database) throws -> Completion
        /// Reports a failure to the caller.
        let fail: @Sendable (TransactionFailure) -> Void
        let cancellation: Cancellation

        typealias Completion = @Sendable () -> Void
    }

    private let pool: DatabasePool
    private let waiting = Mutex<[Batch]>([])

    init(pool: DatabasePool) {
        self.pool = pool
    }

    func add(_ batch: Batch) {
        let count: Int? = waiting.withLock { waiting in
            // Checked under the lock, so that either this sees the cancellation or `drop` finds the batch.
            guard !batch.cancellation.isCancelled else { return nil }
            waiting.append(batch)
            return waiting.count
        }
        switch count {
        case nil: batch.fail(.dropped)
        case 1: pool.asyncWriteWithoutTransaction { self.commit(self.takeWaiting(), on: $0) }
        default: return
        }
    }

    /// Drops a cancelled batch that has not been taken yet. A batch that was taken checks its cancellation itself.
    func drop(_ cancellation: Cancellation) {
        let dropped: Batch? = waiting.withLock { waiting in
            let index = waiting.firstIndex { $0.cancellation === cancellation }
            return index.map { waiting.remove(at: $0) }
        }
        dropped?.fail(.dropped)
    }

    private func takeWaiting() -> [Batch] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    private func commit(_ batches: [Batch], on db: Database) {
        guard !batches.isEmpty else { return }
        do {
            for complete in try Self.transact(batches, on: db) { complete() }
        } catch .batchFailed where batches.count > 1 {
            // One batch's failure must not fail its neighbours.
            for batch in batches { commit([batch], on: db) }
        } catch {
            for batch in batches { batch.fail(error) }
        }
    }

    private static func transact(_ batches: [Batch], on db: Database) throws(TransactionFailure) -> [Batch.Completion] {
        do {
            try db.beginTransaction(.immediate)
        } catch {
            throw .notBegun(error)
        }
        let completions: [Batch.Completion]
        do {
            completions = try batches.map { batch in
                if batch.cancellation.isCancelled { return { batch.fail(.dropped) } }
                return try batch.run(db)
            }
        } catch {
            rollBack(db)
            throw .batchFailed(error)
        }
        do {
            try db.commit()
        } catch {
            rollBack(db)
            throw .notCommitted(error)
        }
        return completions
    }

    /// SQLite undoes some failed transactions by itself. A transaction that it cannot undo now was never committed:
    /// recovery leaves it out.
    private static func rollBack(_ db: Database) {
        guard db.isInsideTransaction else { return }
        try? db.rollback()
    }
}

/// Where a transaction failed, with GRDB's error or the error of a batch; the transaction was rolled back.
enum TransactionFailure: Error {
    /// The caller was cancelled before the batch began.
    case dropped
    case notBegun(any Error)
    case batchFailed(any Error)
    case notCommitted(any Error)

    /// The error of a write.
    func storeError(_ base: Base) -> StoreError {
        switch self {
        case .dropped: .dropped(base)
        // The commit record may have reached the disk before the error: recovery after a crash could then find it.
        case .notCommitted where resultCode == .SQLITE_IOERR: .outcomeUnknown(base)
        case .notBegun(let error), .batchFailed(let error), .notCommitted(let error): StoreError(error, base)
        }
    }

    /// The error of a read of base A: the audit log refused the read, unless the store could serve nothing at all.
    func auditedReadError(_ base: Base) -> StoreError {
        switch (self, resultCode) {
        // Nothing was given out: whether the audit rows are there does not matter.
        case (.notCommitted, .SQLITE_IOERR?): .auditUnavailable
        case (_, .SQLITE_FULL?), (_, .SQLITE_READONLY?), (_, .SQLITE_CONSTRAINT?): .auditUnavailable
        default: storeError(base)
        }
    }

    private var resultCode: ResultCode? {
        switch self {
        case .dropped: nil
        case .notBegun(let error), .batchFailed(let error), .notCommitted(let error):
            (error as? DatabaseError)?.resultCode
        }
    }
}

extension StoreError {
    /// The error of a call that was cancelled before it began.
    static func dropped(_ base: Base) -> StoreError { .unavailable(base, retryAfterMilliseconds: 100) }

    /// Maps an error of SQLite, of GRDB or of the reading of a row. The text is dropped, because it may quote values.
    init(_ error: any Error, _ base: Base) {
        guard let error = error as? DatabaseError else {
            self = .corrupt(base)
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT:
            self = .unavailable(base, retryAfterMilliseconds: 100)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM, .SQLITE_AUTH,
            .SQLITE_NOLFS:
            self = .unavailable(base, retryAfterMilliseconds: 1000)
        default:
            // SQLITE_CORRUPT, SQLITE_NOTADB, a missing table, a constraint that does not hold.
            self = .corrupt(base)
        }
    }
}
