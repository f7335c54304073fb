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
        /// The sessions in a row that the server ended while they were being opened.
        var endedOpenings = 0
        while true {
            switch pool.permission(index) {
            case .stop: return
            case .park: waker.sleep(until: nil)
            case .connect:
                do throws(PostgresFailure) {
                    let connection = try open()
                    endedOpenings = 0
                    pool.connected(index)
                    var session = WorkerSession(worker: self, connection: connection)
                    session.serve()
                    session.close()
                    // A connection that has served is opened again at once; one that was lost before is not.
                    if session.hasServed { backoff.reset() } else { wait(backoff.next(using: &random)) }
                } catch {
                    // The server was there and ended the session, as it may end any: it is not down until the next
                    // attempts fail too.
                    if error.isEndOfSession, endedOpenings < Self.endedOpeningsAllowed {
                        endedOpenings += 1
                        continue
                    }
                    let delay = backoff.next(using: &random)
                    pool.failed(index, for: error.reason, retryAfter: delay)
                    wait(delay)
                }
            }
        }
    }

    private static var endedOpeningsAllowed: Int { 3 }

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
