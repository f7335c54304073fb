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
        case .notCommitted(let error as DatabaseError) where error.resultCode == .SQLITE_IOERR:
            .outcomeUnknown(base, error.reason)
        case .notBegun(let error), .batchFailed(let error), .notCommitted(let error): StoreError(error, base)
        }
    }

    /// The error of a read of base A: the audit log refused the read, unless the store could serve nothing at all.
    func auditedReadError(_ base: Base) -> StoreError {
        guard let error = databaseError else { return storeError(base) }
        return switch (self, error.resultCode) {
        // Nothing was given out: whether the audit rows are there does not matter.
        case (.notCommitted, .SQLITE_IOERR): .auditUnavailable(error.reason)
        case (_, .SQLITE_FULL), (_, .SQLITE_READONLY), (_, .SQLITE_CONSTRAINT): .auditUnavailable(error.reason)
        default: storeError(base)
        }
    }

    private var databaseError: DatabaseError? {
        switch self {
        case .dropped: nil
        case .notBegun(let error), .batchFailed(let error), .notCommitted(let error): error as? DatabaseError
        }
    }
}

extension StoreError {
    /// The error of a call that was cancelled before it began.
    static func dropped(_ base: Base) -> StoreError {
        .unavailable(base, StoreReason(.notReady, "the call was cancelled"), retryAfterMilliseconds: 100)
    }

    /// Maps an error of SQLite, of GRDB or of the reading of a row. The text is dropped, because it may quote values.
    init(_ error: any Error, _ base: Base) {
        guard let error = error as? DatabaseError else {
            self = .corrupt(base)
            return
        }
        guard let reason = error.unavailability else {
            // SQLITE_CORRUPT, SQLITE_NOTADB, a missing table, a constraint that does not hold.
            self = .corrupt(base)
            return
        }
        self = .unavailable(base, reason, retryAfterMilliseconds: reason.cause == .locked ? 100 : 1000)
    }
}

extension DatabaseError {
    /// Why the file cannot serve now; nil when the file, or an item, is wrong.
    fileprivate var unavailability: StoreReason? {
        switch resultCode {
        case .SQLITE_BUSY: StoreReason(.locked, code: "SQLITE_BUSY", "another process holds the file's lock")
        case .SQLITE_LOCKED: StoreReason(.locked, code: "SQLITE_LOCKED", "the file is locked")
        case .SQLITE_PROTOCOL: StoreReason(.locked, code: "SQLITE_PROTOCOL", "the file's lock cannot be had")
        case .SQLITE_INTERRUPT: StoreReason(.locked, code: "SQLITE_INTERRUPT", "the call was interrupted")
        case .SQLITE_FULL: StoreReason(.full, code: "SQLITE_FULL", "the disk of the file is full")
        case .SQLITE_READONLY: StoreReason(.readOnly, code: "SQLITE_READONLY", "the file is read-only")
        case .SQLITE_PERM: StoreReason(.refused, code: "SQLITE_PERM", "the rights on the file are missing")
        case .SQLITE_AUTH: StoreReason(.refused, code: "SQLITE_AUTH", "the rights on the file are missing")
        case .SQLITE_CANTOPEN: StoreReason(.unreachable, code: "SQLITE_CANTOPEN", "the file cannot be opened")
        case .SQLITE_IOERR: StoreReason(.failed, code: "SQLITE_IOERR", "the disk of the file failed")
        case .SQLITE_NOMEM: StoreReason(.failed, code: "SQLITE_NOMEM", "no memory is left")
        case .SQLITE_NOLFS: StoreReason(.failed, code: "SQLITE_NOLFS", "the file is too large for its disk")
        default: nil
        }
    }

    /// The reason without the error's text, which may quote values.
    var reason: StoreReason {
        unavailability ?? StoreReason(.failed, code: "SQLite \(resultCode.rawValue)", "SQLite failed")
    }
}
