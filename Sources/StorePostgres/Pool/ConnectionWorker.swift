import Platform
import Repositories

/// One thread of the pool with one connection at a time: opens it, carries transactions out on it, and opens it again.
struct ConnectionWorker: Sendable {
    let index: Int
    let url: PostgresURL
    let pool: PostgresPool
    let waker: Waker

    /// The body of the thread; returns when the pool stops.
    func run() {
        var backoff = Backoff(first: .milliseconds(100), limit: .seconds(2))
        var random = SystemRandomNumberGenerator()
        while true {
            switch pool.permission(index) {
            case .stop: return
            case .park: waker.sleep(until: nil)
            case .connect:
                if let connection = open() {
                    pool.connected(index)
                    var session = WorkerSession(
                        worker: self, connection: connection,
                        pipeline: TransactionPipeline(statementTimeout: pool.limits.requestTimeout))
                    session.serve()
                    pool.lost(index, wasSilent: session.wasSilent)
                    session.end()
                    // A connection that has served is opened again at once; one that was lost before is not.
                    if session.hasServed { backoff.reset() } else { wait(backoff.next(using: &random)) }
                } else {
                    let delay = backoff.next(using: &random)
                    pool.failed(index, retryAfter: delay)
                    wait(delay)
                }
            }
        }
    }

    private func open() -> PostgresConnection? {
        guard let connection = try? PostgresConnection(url, limits: pool.limits),
            (try? connection.prepare(pool.limits)) != nil
        else { return nil }
        return connection
    }

    /// Waits unless the pool stops. A wake-up for another reason does not shorten the wait.
    private func wait(_ delay: Duration) {
        let end = ContinuousClock.now + delay
        while ContinuousClock.now < end && !pool.isStopped { waker.sleep(until: end) }
    }
}

/// The life of one connection in its worker's thread.
private struct WorkerSession {
    let worker: ConnectionWorker
    let connection: PostgresConnection
    var pipeline: TransactionPipeline<PostgresPool.Work, ResultTable>
    var cancelRequest: CancelRequest?
    var isFlushing = false
    /// At least one transaction was replied to.
    var hasServed = false
    /// The server left a transaction without a reply for too long.
    var wasSilent = false

    /// Takes transactions and carries them out until the connection is lost or closed, or the pool stops.
    mutating func serve() {
        while true {
            guard takeWork(), flush() else { return }
            if pipeline.count == 0 && (pipeline.isSpent || worker.pool.isStopped) { return }
            cancelFirst()
            worker.waker.sleep(until: pipeline.nextAct(after: .now), socket: connection.socket, toWrite: isFlushing)
            let isConnected = connection.consume()
            takeReplies()
            guard isConnected, !pipeline.isBroken, !connection.isBroken else { return }
            if let deadline = pipeline.deadline, deadline <= .now {
                wasSilent = true
                return
            }
        }
    }

    /// Ends the transactions that were in flight when the connection was lost.
    mutating func end() {
        for completion in pipeline.end() { settle(completion) }
    }

    private mutating func takeWork() -> Bool {
        while !pipeline.isSpent, let work = worker.pool.take(worker.index) {
            let statements = work.work.statements
            pipeline.add(work, statementCount: statements.count, deadline: .now + worker.pool.limits.silenceTimeout)
            isFlushing = true
            guard connection.send(statements) else { return false }
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
        if let request = cancelRequest, request.isOver { endCancelRequest() }
        guard pipeline.takeCancelRequest(at: .now) else { return }
        cancelRequest = CancelRequest(connection, waker: worker.waker)
        if cancelRequest?.start() != true { endCancelRequest() }
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
            if pipeline.isSpent { worker.pool.lost(worker.index, wasSilent: false) }
            settle(completion)
        }
    }

    private func settle(_ completion: TransactionPipeline<PostgresPool.Work, ResultTable>.Completion) {
        switch completion.result {
        case .failure(.notRun): worker.pool.putBack(completion.work)
        case .failure(.interrupted): worker.pool.restore(completion.work)
        case .success, .failure: completion.work.work.complete(completion.result)
        }
    }
}
