import Repositories

/// What a connection's callers and its thread share: exchanges on their way to the thread, and what the thread says of
/// the link.
struct Inbox {
    enum Phase: Equatable {
        /// The link is being opened, for the first time or at once after a loss: callers wait for the outcome.
        case opening
        case up
        /// The last attempt failed; callers are turned away until one succeeds.
        case down(nextAttempt: Moment)
        case closed
    }

    private(set) var phase = Phase.opening
    /// Why the link is not up, or what its server last refused.
    private(set) var fault: RedisFault?
    private(set) var exchanges: [Exchange] = []
    private var byteCount = 0
    /// The thread sleeps in poll(2) and has to be woken.
    private var isThreadAsleep = false
    /// The link leads to a server that is no master any more.
    private var wantsNewLink = false

    enum Admission: Equatable {
        case taken(wakes: Bool)
        case turnedAway(retryAfterMilliseconds: Int)
    }

    mutating func add(_ exchange: Exchange, at now: Moment) -> Admission {
        switch phase {
        case .closed: return .turnedAway(retryAfterMilliseconds: Backoff.mostMilliseconds)
        case .down(let next):
            return .turnedAway(retryAfterMilliseconds: max(Backoff.firstMilliseconds, now.milliseconds(until: next)))
        case .opening, .up: break
        }
        // Either this sees it, or `withdraw` comes after and finds the exchange.
        guard !exchange.cancellation.isCancelled else {
            return .turnedAway(retryAfterMilliseconds: Backoff.firstMilliseconds)
        }
        let bytes = byteCount + exchange.commands.bytes.count
        guard exchanges.count < Limits.waitingExchanges, exchanges.isEmpty || bytes <= Limits.waitingBytes else {
            return .turnedAway(retryAfterMilliseconds: Backoff.firstMilliseconds)
        }
        exchanges.append(exchange)
        byteCount = bytes
        return .taken(wakes: wakeThread())
    }

    /// Takes the exchanges that have waited longest, `most` of them.
    mutating func take(_ most: Int) -> [Exchange] {
        guard !exchanges.isEmpty, most > 0 else { return [] }
        let taken = Array(exchanges.prefix(most))
        exchanges.removeFirst(taken.count)
        countBytes()
        return taken
    }

    /// Takes the exchanges of a call that is cancelled.
    mutating func withdraw(_ cancellation: Cancellation) -> [Exchange] {
        let withdrawn = exchanges.filter { $0.cancellation === cancellation }
        exchanges.removeAll { $0.cancellation === cancellation }
        countBytes()
        return withdrawn
    }

    /// The thread is about to sleep; false when there is work that it would take.
    mutating func sleep(takes: Bool) -> Bool {
        guard phase != .closed, !takes || exchanges.isEmpty else { return false }
        isThreadAsleep = true
        return true
    }

    mutating func wokeUp() {
        isThreadAsleep = false
    }

    /// - Parameter fault: why the link is not up.
    mutating func enter(_ next: Phase, _ fault: RedisFault? = nil) {
        guard phase != .closed else { return }
        phase = next
        self.fault = fault
        if next == .up { wantsNewLink = false }
    }

    /// The link could not be opened; gives the exchanges that wait for nothing now.
    mutating func goDown(_ fault: RedisFault, nextAttempt: Moment) -> [Exchange] {
        enter(.down(nextAttempt: nextAttempt), fault)
        return take(exchanges.count)
    }

    /// Keeps in mind what the server refused a command for; true when the thread has to be woken to act on it.
    mutating func note(_ fault: RedisFault) -> Bool {
        self.fault = fault
        // After a failover the same name may lead to another server.
        guard fault == .readOnly, phase == .up else { return false }
        wantsNewLink = true
        return wakeThread()
    }

    mutating func takeReopening() -> Bool {
        defer { wantsNewLink = false }
        return wantsNewLink
    }

    /// Nothing is taken on any more; true when the thread has to be woken to see it.
    mutating func close() -> Bool {
        phase = .closed
        return wakeThread()
    }

    private mutating func countBytes() {
        byteCount = exchanges.reduce(0) { $0 + $1.commands.bytes.count }
    }

    private mutating func wakeThread() -> Bool {
        defer { isThreadAsleep = false }
        return isThreadAsleep
    }
}
