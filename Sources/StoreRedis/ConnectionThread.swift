import Glibc
import Platform

/// The life of a connection, on its own thread: open a link, carry exchanges over it, and after a loss open the next.
final class ConnectionThread {
    private let endpoint: Endpoint
    private let access: Access
    private let inbox: Monitor<Inbox>
    private let pipe: WakePipe
    private let onTrouble: @Sendable () -> Void
    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    /// Exchanges that a lost link had under way, to be sent once more on the next.
    private var held: [Exchange] = []

    init(
        _ endpoint: Endpoint, _ access: Access, _ inbox: Monitor<Inbox>, _ pipe: WakePipe,
        onTrouble: @escaping @Sendable () -> Void
    ) {
        self.endpoint = endpoint
        self.access = access
        self.inbox = inbox
        self.pipe = pipe
        self.onTrouble = onTrouble
    }

    func run() {
        Self.blockBrokenPipes()
        while !isClosed {
            do {
                let link = try access.openForEvents(endpoint, until: attemptDeadline)
                inbox.change { ($0.enter(.up), wakes: true) }
                let begin = Moment.now
                let fault = carry(link)
                guard !isClosed else { break }
                if begin.milliseconds(until: .now) > Backoff.mostMilliseconds { backoff.succeeded() }
                lost(fault)
            } catch {
                pause(after: error)
            }
        }
        let left = inbox.withLock { $0.take($0.exchanges.count) }
        for exchange in left { exchange.end(.notSent(retryAfterMilliseconds: Backoff.mostMilliseconds)) }
        giveUp(held)
    }

    private var isClosed: Bool { inbox.withLock { $0.phase == .closed } }

    /// An attempt ends early enough for the exchanges that wait for it to end in time.
    private var attemptDeadline: Moment {
        let waiting = inbox.withLock { $0.exchanges.first?.deadline }
        let soonest = (held.map(\.deadline) + [waiting].compactMap(\.self)).min()
        let limit = Moment.now.adding(milliseconds: Limits.connectMilliseconds)
        return soonest.map { min($0, limit) } ?? limit
    }

    /// Carries exchanges until the link is lost, or the connection closed and nothing is under way.
    private func carry(_ link: Link) -> RedisFault {
        let traffic = Traffic(link, endpoint)
        sendHeld(traffic)
        while true {
            do throws(RedisFault) {
                for exchange in inbox.withLock({ $0.take(traffic.room) }) { admit(exchange, to: traffic) }
                try traffic.write()
                if isClosed, traffic.isIdle { return .connectionClosed }
                if try sleep(traffic) { try traffic.read() }
                if inbox.withLock({ $0.takeReopening() }) { throw .readOnly }
            } catch {
                keep(traffic.abandon())
                return error
            }
        }
    }

    private func sendHeld(_ traffic: Traffic) {
        for exchange in held {
            if exchange.isWanted(at: .now) { traffic.send(exchange) } else { giveUp([exchange]) }
        }
        held = []
    }

    private func admit(_ exchange: Exchange, to traffic: Traffic) {
        guard exchange.isWanted(at: .now) else {
            return exchange.end(.notSent(retryAfterMilliseconds: Backoff.firstMilliseconds))
        }
        traffic.send(exchange)
    }

    /// Sleeps until the link can go on, which is true, or somebody calls; throws when an exchange has waited too long.
    private func sleep(_ traffic: Traffic) throws(RedisFault) -> Bool {
        let takes = traffic.room > 0
        // Of a connection that is closed, what is under way is still waited for.
        guard inbox.withLock({ $0.sleep(takes: takes) || $0.phase == .closed }) else { return false }
        defer { inbox.withLock { $0.wokeUp() } }
        var entries = [
            pollfd(fd: traffic.socket, events: traffic.interest, revents: 0),
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = traffic.deadline.map { Int32(clamping: Moment.now.milliseconds(until: $0)) } ?? -1
        poll(&entries, 2, milliseconds)
        if entries[1].revents != 0 { drainPipe() }
        if let deadline = traffic.deadline, deadline <= .now, entries[0].revents == 0 { throw .timedOut }
        return entries[0].revents != 0
    }

    /// Sorts what a lost link leaves behind: each exchange is sent once more, if its deadline allows.
    private func keep(_ left: (sent: [Exchange], unsent: [Exchange])) {
        let now = Moment.now
        for exchange in left.sent {
            if exchange.isResent || !exchange.isWanted(at: now) {
                giveUp([exchange])
            } else {
                exchange.isResent = true
                held.append(exchange)
            }
        }
        for exchange in left.unsent {
            if exchange.isResent {
                // An earlier link has had it.
                held.append(exchange)
            } else if inbox.withLock({ $0.add(exchange, at: now) }) != .taken(wakes: false) {
                exchange.end(.notSent(retryAfterMilliseconds: Backoff.firstMilliseconds))
            }
        }
    }

    private func lost(_ fault: RedisFault) {
        onTrouble()
        if backoff.failures > 0 {
            // The server takes connections and drops them: no better than one that takes none.
            pause(after: fault)
        } else {
            _ = backoff.nextMilliseconds(using: &random)
            inbox.withLock { $0.enter(.opening, fault) }
        }
    }

    /// Turns callers away until the next attempt.
    private func pause(after fault: RedisFault) {
        let next = Moment.now.adding(milliseconds: max(1, backoff.nextMilliseconds(using: &random)))
        let left = inbox.change { ($0.goDown(fault, nextAttempt: next), wakes: true) }
        let milliseconds = max(Backoff.firstMilliseconds, Moment.now.milliseconds(until: next))
        for exchange in left { exchange.end(.notSent(retryAfterMilliseconds: milliseconds)) }
        onTrouble()
        while !isClosed {
            expireHeld()
            let now = Moment.now
            let until = (held.map(\.deadline) + [next]).min() ?? next
            guard now < next else { return }
            guard inbox.withLock({ $0.sleep(takes: false) }) else { return }
            var entry = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
            poll(&entry, 1, Int32(clamping: now.milliseconds(until: until)))
            inbox.withLock { $0.wokeUp() }
            if entry.revents != 0 { drainPipe() }
        }
    }

    private func expireHeld() {
        let now = Moment.now
        giveUp(held.filter { $0.deadline <= now })
        held.removeAll { $0.deadline <= now }
    }

    private func giveUp(_ exchanges: [Exchange]) {
        for exchange in exchanges { exchange.end(.lost(retryAfterMilliseconds: Backoff.firstMilliseconds)) }
    }

    private func drainPipe() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(pipe.readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    /// OpenSSL writes without MSG_NOSIGNAL; a signal that a thread blocks does not end the process.
    private static func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
