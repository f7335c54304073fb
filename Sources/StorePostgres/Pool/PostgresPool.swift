import Platform
import Repositories
import Synchronization

/// The connections of base A: takes transactions from any task, and has a thread for each connection carry them out.
///
/// No call blocks the calling thread. When the task of a call is cancelled, a waiting transaction is dropped. One in
/// flight is cancelled on the server as soon as it is the first in its connection's pipeline. The call returns when the
/// server has replied, so that nothing takes effect later. Where commits wait for a synchronous standby, the server
/// answers a cancel request at that moment with a commit that the standby may not have yet.
final class PostgresPool: Sendable {
    typealias Work = PoolState<PostgresTransaction>.Waiting

    let limits: PostgresLimits
    private let state: Mutex<PoolState<PostgresTransaction>>
    private let wakers: [Waker]
    private let alarms: Alarms
    /// The work that waits for an idle connection.
    private let loan = Mutex<ConnectionLoan?>(nil)
    /// The latest refusal of a transaction, and its time; nil after one that was carried out.
    private let refusal = Mutex<(reason: StoreReason, at: ContinuousClock.Instant)?>(nil)

    init(_ url: PostgresURL, limits: PostgresLimits, alarms: Alarms) throws(StoreOpenError) {
        self.limits = limits
        self.alarms = alarms
        state = Mutex(PoolState(workers: limits.workers, limits: limits))
        var wakers: [Waker] = []
        for _ in 0..<limits.workers {
            guard let waker = Waker() else { throw .postgresOutOfResources }
            wakers.append(waker)
        }
        self.wakers = wakers
        for (index, waker) in wakers.enumerated() {
            let worker = ConnectionWorker(index: index, url: url, pool: self, waker: waker)
            guard OSThread.start({ worker.run() }) else {
                stop()
                throw .postgresOutOfResources
            }
        }
    }

    /// Carries the statements out in one transaction; returns the rows of each, after the commit.
    func perform(_ statements: [BoundStatement]) async throws(PostgresTransaction.Failure) -> [ResultTable] {
        let result = await withCancellation { (cancellation, complete: @escaping Completion) in
            let transaction = PostgresTransaction(
                statements: statements, cancellation: cancellation, complete: complete)
            accept(transaction) { $0.submit(transaction, now: .now) }
        } cancel: { [self] cancellation in
            cancel(cancellation)
        }
        note(result)
        return try result.get()
    }

    /// Does the work on a connection as soon as one is idle, and blocks until then; false when none is until the
    /// deadline. One thread at a time calls this.
    func lend(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable (PostgresConnection) -> Void
    ) -> Bool {
        let loan = ConnectionLoan(work)
        self.loan.withLock { $0 = loan }
        defer { self.loan.withLock { $0 = nil } }
        alarms.ring(at: deadline) { loan.withdraw() }
        if isStopped { loan.withdraw() }
        for waker in wakers { waker.wake() }
        return loan.wait()
    }

    private typealias Completion = @Sendable (Result<[ResultTable], PostgresTransaction.Failure>) -> Void

    /// Why the pool cannot connect; nil while all is well.
    var trouble: StoreReason? { state.withLock { $0.trouble } }

    /// Why no connection is free: why the pool cannot connect, or that all are busy.
    var shortage: StoreReason { state.withLock { $0.reason } }

    /// Why the server refuses transactions at present although it can be reached: its disk is full, it is read-only,
    /// rights are missing.
    var refusalReason: StoreReason? {
        refusal.withLock { refusal in
            guard let refusal, .now - refusal.at < Self.refusalMemory else { return nil }
            return refusal.reason
        }
    }

    private func note(_ result: Result<[ResultTable], PostgresTransaction.Failure>) {
        switch result {
        case .success: refusal.withLock { $0 = nil }
        case .failure(let failure):
            guard let reason = failure.serversReason else { return }
            refusal.withLock { $0 = (reason, .now) }
        }
    }

    /// The time after which a refusal tells nothing of the present, when no transaction was tried since.
    private static let refusalMemory: Duration = .seconds(30)

    /// Ends the threads, after the transactions in flight. Waiting transactions are turned away.
    func stop() {
        turnAway(state.withLock { $0.stop() })
        loan.withLock { $0 }?.withdraw()
        for waker in wakers { waker.wake() }
    }

    /// Adds a transaction unless its caller was cancelled; turns it away when the state does not accept it.
    private func accept(
        _ transaction: PostgresTransaction,
        _ add: (inout PoolState<PostgresTransaction>) -> PoolState<PostgresTransaction>.Acceptance?
    ) {
        // Checked under the lock, so that either this sees the cancellation or `cancel` finds the transaction.
        if let accepted = changeDeadlines({ transaction.cancellation.isCancelled ? nil : add(&$0) }) {
            wake(accepted.wake)
        } else {
            turnAway([transaction])
        }
    }

    private func cancel(_ cancellation: Cancellation) {
        if let transaction = state.withLock({ $0.withdraw { $0.cancellation === cancellation } }) {
            transaction.complete(.failure(.cancelled))
        } else {
            // The worker that has the transaction in flight sees the cancellation.
            for waker in wakers { waker.wake() }
        }
    }

    /// Turns away transactions that have waited for too long, also when every worker is busy or blocked.
    private func expire() {
        turnAway(changeDeadlines { $0.expire(now: .now) })
    }

    /// Changes the state, and sets the alarm for the next transaction that expires.
    private func changeDeadlines<R>(_ change: (inout PoolState<PostgresTransaction>) -> R) -> R {
        let (result, time) = state.withLock { state in (change(&state), state.alarmToSet()) }
        if let time { alarms.ring(at: time) { [weak self] in self?.expire() } }
        return result
    }

    private func turnAway(_ transactions: [PostgresTransaction]) {
        guard !transactions.isEmpty else { return }
        let (milliseconds, reason) = state.withLock { ($0.retryAfterMilliseconds(now: .now), $0.reason) }
        for transaction in transactions {
            transaction.complete(.failure(.noConnection(reason, retryAfterMilliseconds: milliseconds)))
        }
    }

    private func wake(_ worker: Int?) {
        if let worker { wakers[worker].wake() }
    }
}

/// The functions that the workers' threads call.
extension PostgresPool {
    var isStopped: Bool { state.withLock { $0.isStopped } }

    func permission(_ worker: Int) -> PoolState<PostgresTransaction>.Permission {
        state.withLock { $0.permission(worker) }
    }

    func take(_ worker: Int) -> Work? {
        let (work, other) = state.withLock { $0.take(worker) }
        if other != worker { wake(other) }
        return work
    }

    /// The work that waits for an idle connection, before which no further transaction is taken.
    var wantedLoan: ConnectionLoan? { loan.withLock { $0 }.flatMap { $0.isWanted ? $0 : nil } }

    func finish(_ worker: Int) {
        state.withLock { $0.finish(worker) }
    }

    func connected(_ worker: Int) {
        for parked in state.withLock({ $0.connected(worker) }) { wake(parked) }
    }

    func failed(_ worker: Int, for reason: StoreReason, retryAfter delay: Duration) {
        let now = ContinuousClock.now
        changeDeadlines { $0.failed(worker, for: reason, retryAt: now + delay, now: now) }
    }

    func lost(_ worker: Int, for reason: StoreReason?, wasSilent: Bool) {
        wake(changeDeadlines { $0.lost(worker, for: reason, wasSilent: wasSilent, now: .now) })
    }

    /// Gives a transaction that did not run to another worker, or turns it away.
    func putBack(_ work: Work) {
        accept(work.work) { $0.putBack(work, now: .now) }
    }

    /// Runs a transaction again that a cancel request for another one has undone.
    func restore(_ work: Work) {
        accept(work.work) { $0.restore(work.work, now: .now) }
    }
}

/// One batch of base A: statements that are one transaction and one round trip.
struct PostgresTransaction: Sendable {
    let statements: [BoundStatement]
    let cancellation: Cancellation
    /// Hands the outcome to the caller; called exactly once.
    let complete: @Sendable (Result<[ResultTable], Failure>) -> Void

    /// Why a transaction gave no results.
    enum Failure: Error, Hashable, Sendable {
        /// The server refused the statement at this index and undid the transaction.
        case refused(SQLState, statement: Int)
        /// The connection was lost after the transaction was sent whole: whether it is committed is not known.
        case lost(StoreReason)
        /// No connection could take the transaction in time.
        case noConnection(StoreReason, retryAfterMilliseconds: Int)
        /// The caller was cancelled before the transaction was sent.
        case cancelled

        /// The server's own reason against transactions of this kind; nil for what says nothing of the next one.
        fileprivate var serversReason: StoreReason? {
            let reason: StoreReason
            switch self {
            case .refused(let state, _): reason = state.reason
            case .lost(let lost): reason = lost
            case .noConnection(let trouble, _): reason = trouble
            case .cancelled: return nil
            }
            return switch reason.cause {
            case .full, .readOnly, .refused, .notReady, .failed: reason
            case .unreachable, .throttled, .locked: nil
            }
        }
    }
}
