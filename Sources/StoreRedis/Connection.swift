import Repositories
import Platform

/// A connection to one server, kept open by a thread of its own for as long as somebody holds this.
final class Connection: Sendable {
    let endpoint: Endpoint
    private let inbox: Monitor<Inbox>
    private let pipe: WakePipe

    /// - Parameter onTrouble: called by the thread after a loss and after each attempt that failed.
    init(
        _ endpoint: Endpoint, _ access: Access, onTrouble: @escaping @Sendable () -> Void = {}
    ) throws(RedisOpenError) {
        guard let pipe = WakePipe() else { throw .noResources }
        let inbox = Monitor(Inbox())
        self.endpoint = endpoint
        self.inbox = inbox
        self.pipe = pipe
        let hasStarted = OSThread.start {
            ConnectionThread(endpoint, access, inbox, pipe, onTrouble: onTrouble).run()
        }
        guard hasStarted else { throw .noResources }
    }

    deinit {
        // What is under way is still answered.
        if inbox.change({ ($0.close(), wakes: true) }) { pipe.wake() }
    }

    /// What keeps the connection from working, or what its server last refused a command for.
    var fault: RedisFault? { inbox.withLock { $0.fault } }

    var isUp: Bool { inbox.withLock { $0.phase == .up } }

    /// Hands an exchange over. It ends in any case, by the deadline that it has at the latest.
    func submit(_ exchange: Exchange) {
        let now = Moment.now
        switch inbox.withLock({ $0.add(exchange, at: now) }) {
        case .taken(let wakes): if wakes { pipe.wake() }
        case .turnedAway(let milliseconds): exchange.end(.notSent(retryAfterMilliseconds: milliseconds))
        }
    }

    /// Drops the exchanges of a call that is cancelled, as far as the thread has not taken them yet.
    func withdraw(_ cancellation: Cancellation) {
        for exchange in inbox.withLock({ $0.withdraw(cancellation) }) {
            exchange.end(.notSent(retryAfterMilliseconds: Backoff.firstMilliseconds))
        }
    }

    /// Keeps in mind what the server refused a command for.
    func note(_ fault: RedisFault) {
        if inbox.withLock({ $0.note(fault) }) { pipe.wake() }
    }

    /// Blocks until the first attempt to connect has succeeded or failed.
    func waitForFirstAttempt() -> RedisFault? {
        inbox.wait { inbox in
            inbox.phase == .opening ? nil : .some(inbox.fault)
        }
    }
}
