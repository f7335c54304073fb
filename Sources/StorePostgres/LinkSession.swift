import Repositories
import Platform

/// The life of one connection in its link's thread.
struct LinkSession {
    private let link: Link
    private let connection: Connection
    private var pipeline: Pipeline<Dispatch<Exchange>.Waiting, ResultTable>
    private var cancelRequest: CancelRequest?
    private var isFlushing = false

    /// At least one exchange was answered.
    private(set) var hasServed = false
    /// The server left an exchange without an answer for too long.
    private(set) var wasSilent = false

    init(link: Link, connection: Connection) {
        self.link = link
        self.connection = connection
        pipeline = Pipeline(statementTimeout: link.pool.limits.requestTimeout)
    }

    /// Takes work and carries it out until the connection is lost, given up, or the pool stops.
    mutating func serve() {
        while true {
            guard takeWork(), flush() else { return }
            if pipeline.count == 0 && (pipeline.isSpent || link.pool.isStopped) { return }
            cancelUnwanted()
            link.waker.sleep(until: pipeline.nextAct(after: .now), socket: connection.socket, toWrite: isFlushing)
            let isConnected = connection.consume()
            takeAnswers()
            guard isConnected, !pipeline.isBroken, !connection.isBroken else { return }
            if let deadline = pipeline.deadline, deadline <= .now {
                wasSilent = true
                return
            }
        }
    }

    /// Answers what was under way when the connection was lost.
    mutating func end() {
        for completion in pipeline.end() { settle(completion) }
    }

    private mutating func takeWork() -> Bool {
        while !pipeline.isSpent, let work = link.pool.take(link.index) {
            let statements = work.work.statements
            pipeline.add(
                work, statementCount: statements.count, deadline: .now + link.pool.limits.silenceTimeout)
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
            // The server may have said why before it closed the connection.
            _ = connection.consume()
            takeAnswers()
            return false
        }
    }

    /// Has the server cancel what it is at when nobody wants it any more.
    private mutating func cancelUnwanted() {
        pipeline.noteCancelled { $0.work.cancellation.isCancelled }
        if let request = cancelRequest, request.isOver { endCancelRequest() }
        guard pipeline.takeCancelRequest(at: .now) else { return }
        cancelRequest = CancelRequest(connection, waker: link.waker)
        if cancelRequest.map(link.pool.canceller.send) != true { endCancelRequest() }
    }

    private mutating func endCancelRequest() {
        cancelRequest = nil
        pipeline.cancelRequestIsOver(at: .now)
    }

    private mutating func takeAnswers() {
        let now = ContinuousClock.now
        while !pipeline.isBroken, let answer = connection.nextAnswer() {
            guard let completion = pipeline.receive(answer, at: now) else { continue }
            link.pool.finish(link.index)
            hasServed = true
            // Others have to take what is meant for this link, before what it gives back.
            if pipeline.isSpent { link.pool.lost(link.index, wasSilent: false) }
            settle(completion)
        }
    }

    private func settle(_ completion: Pipeline<Dispatch<Exchange>.Waiting, ResultTable>.Completion) {
        switch completion.result {
        case .failure(.notRun): link.pool.putBack(completion.work)
        case .failure(.interrupted): link.pool.restore(completion.work.work)
        case .success, .failure: completion.work.work.answer(completion.result)
        }
    }
}
