import GRDB
import Repositories
import Synchronization

/// The batches that wait for a file's one writing connection, committed in groups.
///
/// Whatever has arrived while a commit was under way shares the next one, and so its wait for the disk. Nobody waits
/// for a group to fill: a lone batch is committed at once. The queue is as long as there are callers waiting.
///
/// A batch whose task is cancelled is dropped if it has not begun, also when its group waits for the file's lock. One
/// that has begun is carried out: to interrupt it would undo its neighbours in the same commit.
final class CommitQueue: Sendable {
    /// One batch. It may run twice: a group that fails is undone and its batches tried one by one.
    struct Batch: Sendable {
        /// Does the writes and returns what tells the caller of them, to be called after the commit.
        let run: @Sendable (Database) throws -> Answer
        /// Tells the caller that the batch failed.
        let fail: @Sendable (TransactionFailure) -> Void
        let cancellation: Cancellation

        typealias Answer = @Sendable () -> Void

        /// Runs it, unless nobody wants it any more.
        func begin(on db: Database) throws -> Answer {
            if cancellation.isCancelled { return { fail(.dropped) } }
            return try run(db)
        }
    }

    private let pool: DatabasePool
    private let waiting = Mutex<[Batch]>([])

    init(pool: DatabasePool) {
        self.pool = pool
    }

    func add(_ batch: Batch) {
        let place: Int? = waiting.withLock { waiting in
            // Looked at under the lock, so that either this sees it or `cancel` finds the batch.
            guard !batch.cancellation.isCancelled else { return nil }
            waiting.append(batch)
            return waiting.count
        }
        switch place {
        case nil: batch.fail(.dropped)
        case 1: pool.asyncWriteWithoutTransaction { self.commit(self.takeWaiting(), on: $0) }
        default: return
        }
    }

    /// Drops the batch that has not been taken yet; one that has been sees it itself.
    func cancel(_ cancellation: Cancellation) {
        cancellation.cancel()
        let dropped: Batch? = waiting.withLock { waiting in
            let index = waiting.firstIndex { $0.cancellation === cancellation }
            return index.map { waiting.remove(at: $0) }
        }
        dropped?.fail(.dropped)
    }

    private func takeWaiting() -> [Batch] {
        waiting.withLock { waiting in
            let taken = waiting
            waiting = []
            return taken
        }
    }

    private func commit(_ batches: [Batch], on db: Database) {
        guard !batches.isEmpty else { return }
        do {
            let answers = try Self.transact(batches, on: db)
            for answer in answers { answer() }
        } catch .batchFailed where batches.count > 1 {
            // One batch's failure must not fail its neighbours.
            for batch in batches { commit([batch], on: db) }
        } catch {
            for batch in batches { batch.fail(error) }
        }
    }

    private static func transact(_ batches: [Batch], on db: Database) throws(TransactionFailure) -> [Batch.Answer] {
        do {
            try db.beginTransaction(.immediate)
        } catch {
            throw .notBegun(error)
        }
        let answers: [Batch.Answer]
        do {
            answers = try batches.map { try $0.begin(on: db) }
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
        return answers
    }

    /// SQLite undoes some failed transactions by itself. One that it cannot undo now was never committed: recovery
    /// leaves it out.
    private static func rollBack(_ db: Database) {
        guard db.isInsideTransaction else { return }
        try? db.rollback()
    }
}
