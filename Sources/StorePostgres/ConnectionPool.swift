import Repositories
import Synchronization
import Platform

/// The connections of base A: takes exchanges from any task, and lets a thread for each connection carry them out.
///
/// No call blocks the calling thread. When the task of a call is cancelled, an exchange that waits is dropped, and one
/// under way is cancelled on the server as soon as it is the first in its connection's pipeline. The call returns when
/// the server has said what became of it, so that nothing takes effect later. Where commits wait for a synchronous
/// standby, the server answers a cancel request at that moment with a commit that the standby may not have yet.
final class ConnectionPool: Sendable {
    let limits: PostgresLimits
    private let dispatch: Mutex<Dispatch<Exchange>>
    private let wakers: [Waker]
    private let alarms: Alarms
    let canceller: Canceller

    init(_ url: ConnectionURL, links: Int, limits: PostgresLimits, alarms: Alarms) throws(PostgresOpenError) {
        self.limits = limits
        self.alarms = alarms
        canceller = try Canceller()
        dispatch = Mutex(Dispatch(links: links, limits: limits))
        var wakers: [Waker] = []
        for _ in 0..<links {
            guard let waker = Waker() else { throw .outOfResources }
            wakers.append(waker)
        }
        self.wakers = wakers
        for (index, waker) in wakers.enumerated() {
            let link = Link(index: index, url: url, pool: self, waker: waker)
            guard OSThread.start({ link.run() }) else {
                stop()
                throw .outOfResources
            }
        }
    }

    /// Carries the statements out in one transaction; returns what each returned, after the commit.
    func perform(_ statements: [BoundStatement]) async throws(ExchangeFailure) -> [ResultTable] {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(
                    Exchange(statements: statements, cancellation: cancellation) { continuation.resume(returning: $0) })
            }
        } onCancel: {
            cancel(cancellation)
        }.get()
    }

    /// Ends the threads. What is under way is carried out, what waits is turned away.
    func stop() {
        turnAway(dispatch.withLock { $0.stop() })
        for waker in wakers { waker.wake() }
        canceller.stop()
    }

    private func submit(_ exchange: Exchange) {
        let now = ContinuousClock.now
        takeIn(exchange) { $0.submit(exchange, now: now) }
    }

    /// Has work added to what waits, unless nobody wants it; turns it away when it is not accepted.
    private func takeIn(_ exchange: Exchange, _ add: (inout Dispatch<Exchange>) -> Dispatch<Exchange>.Acceptance?) {
        let (accepted, alarm) = dispatch.withLock { dispatch in
            // Looked at under the lock, so that either this sees it or `cancel` finds the exchange.
            (exchange.cancellation.isCancelled ? nil : add(&dispatch), dispatch.alarmToSet())
        }
        ring(at: alarm)
        if let accepted {
            wake(accepted.wake)
        } else {
            turnAway([exchange])
        }
    }

    private func cancel(_ cancellation: Cancellation) {
        cancellation.cancel()
        if let exchange = dispatch.withLock({ $0.withdraw { $0.cancellation === cancellation } }) {
            exchange.answer(.failure(.notRun))
        } else {
            // The link that has it sees that it is cancelled.
            for waker in wakers { waker.wake() }
        }
    }

    /// Turns away what has waited for too long, even when every link is busy or stuck.
    private func expire() {
        let (expired, alarm) = dispatch.withLock { dispatch in
            (dispatch.expire(now: .now), dispatch.alarmToSet())
        }
        ring(at: alarm)
        turnAway(expired)
    }

    private func ring(at alarm: ContinuousClock.Instant?) {
        guard let alarm else { return }
        alarms.ring(at: alarm) { [weak self] in self?.expire() }
    }

    private func turnAway(_ exchanges: [Exchange]) {
        guard !exchanges.isEmpty else { return }
        let milliseconds = dispatch.withLock { $0.retryAfterMilliseconds(now: .now) }
        for exchange in exchanges {
            exchange.answer(.failure(.noConnection(retryAfterMilliseconds: milliseconds)))
        }
    }

    private func wake(_ link: Int?) {
        if let link { wakers[link].wake() }
    }
}

/// What the links' threads ask and tell.
extension ConnectionPool {
    var isStopped: Bool { dispatch.withLock { $0.isStopped } }

    func permission(_ link: Int) -> Dispatch<Exchange>.Permission {
        dispatch.withLock { $0.permission(link) }
    }

    func take(_ link: Int) -> Dispatch<Exchange>.Waiting? {
        let (work, other) = dispatch.withLock { $0.take(link) }
        if other != link { wake(other) }
        return work
    }

    func finish(_ link: Int) {
        dispatch.withLock { $0.finish(link) }
    }

    func connected(_ link: Int) {
        for parked in dispatch.withLock({ $0.connected(link) }) { wake(parked) }
    }

    func failed(_ link: Int, retryAfter delay: Duration) {
        let now = ContinuousClock.now
        let alarm = dispatch.withLock { dispatch in
            dispatch.failed(link, retryAt: now + delay, now: now)
            return dispatch.alarmToSet()
        }
        ring(at: alarm)
    }

    func lost(_ link: Int, wasSilent: Bool) {
        let (other, alarm) = dispatch.withLock { dispatch in
            (dispatch.lost(link, wasSilent: wasSilent, now: .now), dispatch.alarmToSet())
        }
        ring(at: alarm)
        wake(other)
    }

    /// Gives work that did not run to another link, or turns it away.
    func putBack(_ work: Dispatch<Exchange>.Waiting) {
        takeIn(work.work) { $0.putBack(work, now: .now) }
    }

    /// Has an exchange run again that a cancel request has hit in another's stead.
    func restore(_ exchange: Exchange) {
        takeIn(exchange) { $0.restore(exchange, now: .now) }
    }
}
