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
        /// Between attempts that fail. Calls are turned away meanwhile.
        var backoff = Backoff(first: .milliseconds(100), limit: .seconds(2))
        /// After sessions that the server ended before they served, as it may end any. That server is not down: calls
        /// wait for a session, which has to come within their time.
        var reopening = Backoff(first: .milliseconds(10), limit: .milliseconds(500))
        var random = SystemRandomNumberGenerator()
        while true {
            switch pool.permission(index) {
            case .stop: return
            case .park: waker.sleep(until: nil)
            case .connect:
                do throws(PostgresFailure) {
                    let connection = try open()
                    backoff.reset()
                    pool.connected(index)
                    var session = WorkerSession(worker: self, connection: connection)
                    session.serve()
                    session.close()
                    // A connection that has served is opened again at once; one that was lost before is not.
                    if session.hasServed { reopening.reset() } else { wait(reopening.next(using: &random)) }
                } catch {
                    if error.isEndOfSession {
                        pool.lost(index, for: error.reason, wasSilent: false)
                        wait(reopening.next(using: &random))
                    } else {
                        let delay = backoff.next(using: &random)
                        pool.failed(index, for: error.reason, retryAfter: delay)
                        wait(delay)
                    }
                }
            }
        }
    }

    private func open() throws(PostgresFailure) -> PostgresConnection {
        let connection = try PostgresConnection(url, limits: pool.limits)
        try connection.prepare(pool.limits)
        return connection
    }

    /// Waits unless the pool stops. A wake-up for another reason does not shorten the wait.
    private func wait(_ delay: Duration) {
        let end = ContinuousClock.now + delay
        while ContinuousClock.now < end && !pool.isStopped { waker.sleep(until: end) }
    }
}
