import Platform

/// One thread of the pool with one connection at a time: opens it, carries exchanges out on it, and opens it anew.
struct Link: Sendable {
    let index: Int
    let url: ConnectionURL
    let pool: ConnectionPool
    let waker: Waker

    /// The thread's body; returns when the pool stops.
    func run() {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        while true {
            switch pool.permission(index) {
            case .stop: return
            case .park: waker.sleep(until: nil)
            case .connect:
                if let connection = open() {
                    pool.connected(index)
                    var session = LinkSession(link: self, connection: connection)
                    session.serve()
                    pool.lost(index, wasSilent: session.wasSilent)
                    session.end()
                    // One that has served is worth an immediate new try; one that was lost at once is not.
                    if session.hasServed { backoff.reset() } else { wait(backoff.next(using: &random)) }
                } else {
                    let delay = backoff.next(using: &random)
                    pool.failed(index, retryAfter: delay)
                    wait(delay)
                }
            }
        }
    }

    private func open() -> Connection? {
        guard let connection = try? Connection(url, limits: pool.limits),
            (try? connection.prepare(pool.limits)) != nil
        else { return nil }
        return connection
    }

    /// Waits, unless the pool stops. Being woken for another reason does not make the next try come sooner.
    private func wait(_ delay: Duration) {
        let end = ContinuousClock.now + delay
        while ContinuousClock.now < end && !pool.isStopped { waker.sleep(until: end) }
    }
}
