import Platform
import Repositories

/// The life of one connection in its worker's thread.
struct WorkerSession {
    /// Transactions of more statements have their time limit once more for each as many.
    private static let statementsOfTimeout = 16

    private let worker: ConnectionWorker
    private let connection: PostgresConnection
    private var pipeline: TransactionPipeline<PostgresPool.Work, ResultTable>
    private var cancelRequest: (request: CancelRequest, start: ContinuousClock.Instant)?
    private var isFlushing = false
    /// At least one transaction was replied to.
    private(set) var hasServed = false
    /// The server left a transaction without a reply for too long.
    private var wasSilent = false

    init(worker: ConnectionWorker, connection: PostgresConnection) {
        self.worker = worker
        self.connection = connection
        pipeline = TransactionPipeline(
            statementTimeout: worker.pool.limits.requestTimeout, preludeCount: connection.preludeCount)
    }

    /// Takes transactions and carries them out until the connection is lost or closed, or the pool stops.
    mutating func serve() {
        while true {
            guard takeWork(), flush() else { return }
            if pipeline.count == 0 && (pipeline.isSpent || worker.pool.isStopped) { return }
            guard exchange() else { return }
            if let deadline = pipeline.deadline, deadline <= .now {
                wasSilent = true
                return
            }
        }
    }

    /// Tells the outcome of what was in flight, and has the server end its work on it.
    ///
    /// The connection stays open until the server has replied: it counts as one of the pool's for as long as the server
    /// may keep a process for it. Only a server that a cancel request does not reach is left alone, since a new
    /// connection may go to another host.
    mutating func close() {
        worker.pool.lost(worker.index, for: lossReason, wasSilent: wasSilent)
        for completion in pipeline.abandon() { settle(completion) }
        guard wasSilent else { return }
        let end = ContinuousClock.now + worker.pool.limits.cancelTimeout
        while pipeline.count > 0, !worker.pool.isStopped, exchange() {
            let isReached = cancelRequest.map { .now - $0.start < worker.pool.limits.cancelTimeout } ?? true
            // Behind a pooler the processes are the pooler's to count.
            guard isReached, connection.pooler == .none || .now < end else { return }
        }
    }

    /// Sends a cancel request that is due, waits for something to happen, and takes the replies that have come; false
    /// when the connection is lost.
    private mutating func exchange() -> Bool {
        cancelFirst()
        var next = pipeline.nextAct(after: .now)
        if let start = cancelRequest?.start, pipeline.isSpent {
            next = min(next ?? start + worker.pool.limits.cancelTimeout, start + worker.pool.limits.cancelTimeout)
        }
        worker.waker.sleep(until: next, socket: connection.socket, toWrite: isFlushing)
        let isConnected = connection.consume()
        takeReplies()
        return isConnected && !pipeline.isBroken && !connection.isBroken
    }

    private mutating func takeWork() -> Bool {
        // What is sent to a session that the server has ended is lost, and its outcome unknown.
        if pipeline.count == 0, connection.hasEnded() { return false }
        if let loan = worker.pool.wantedLoan, !pipeline.isSpent {
            guard pipeline.count == 0 else { return true }
            guard connection.outsidePipeline(loan.run) else { return false }
        }
        while !pipeline.isSpent, let work = worker.pool.take(worker.index) {
            let statements = work.work.statements
            pipeline.add(
                work, statementCount: statements.count,
                deadline: .now + worker.pool.limits.silenceTimeout * (1 + statements.count / Self.statementsOfTimeout))
            isFlushing = true
            guard connection.send(statements, worker.pool.limits) else { return false }
        }
        return true
    }

    private mutating func flush() -> Bool {
        guard isFlushing else { return true }
        switch connection.flush() {
        case .done:
            isFlushing = false
            pipeline.allSent()
            return true
        case .pending: return true
        case .failed:
            // The server may have given its reason before it closed the connection.
            _ = connection.consume()
            takeReplies()
            return false
        }
    }

    /// Has the server cancel the first transaction when its caller was cancelled.
    private mutating func cancelFirst() {
        pipeline.noteCancelled { $0.work.cancellation.isCancelled }
        if let (request, _) = cancelRequest, request.isOver { endCancelRequest() }
        guard pipeline.takeCancelRequest(at: .now) else { return }
        let waker = worker.waker
        guard let request = CancelRequest(connection, whenOver: { waker.wake() }), request.start() else {
            endCancelRequest()
            return
        }
        cancelRequest = (request, .now)
    }

    private mutating func endCancelRequest() {
        cancelRequest = nil
        pipeline.cancelRequestIsOver(at: .now)
    }

    private mutating func takeReplies() {
        let now = ContinuousClock.now
        while !pipeline.isBroken, let reply = connection.nextReply() {
            guard let completion = pipeline.receive(reply, at: now) else { continue }
            worker.pool.finish(worker.index)
            hasServed = true
            // The work that this worker was woken for goes to others, before the work that it puts back.
            if pipeline.isSpent { worker.pool.lost(worker.index, for: lossReason, wasSilent: false) }
            settle(completion)
        }
    }

    private func settle(_ completion: TransactionPipeline<PostgresPool.Work, ResultTable>.Completion) {
        let work = completion.work
        let complete = work.work.complete
        switch completion.result {
        case .success(let tables): complete(.success(tables))
        case .failure(.refused(let state, let statement)): complete(.failure(.refused(state, statement: statement)))
        case .failure(.notRun): worker.pool.putBack(work)
        case .failure(.interrupted): worker.pool.restore(work)
        case .failure(.lost): complete(.failure(.lost(lossReason ?? Self.lostConnection)))
        }
    }

    /// Why the connection cannot be used any more; nil when it is not known to be lost.
    private var lossReason: StoreReason? {
        if let reason = pipeline.sessionRefusal?.reason ?? connection.endReason { return reason }
        if wasSilent { return Self.silence }
        return connection.isBroken ? Self.lostConnection : nil
    }

    private static let lostConnection = StoreReason(
        .unreachable, code: "ECONNRESET", "the connection to PostgreSQL was lost")
    /// The server itself ends a statement that takes too long, so that it is no statement that takes this long.
    private static let silence = StoreReason(
        .unreachable, code: "ETIMEDOUT",
        "PostgreSQL does not reply: it hangs, is cut off, or waits for a synchronous standby to confirm a commit")
}
