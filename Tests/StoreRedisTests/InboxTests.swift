import Repositories
import Testing

@testable import StoreRedis

@Suite("A connection's inbox, flight and pauses")
struct InboxTests {
    private let now = Moment.now

    @Test("while the link is opened or up exchanges wait; while it is down they are turned away until the next attempt")
    func phases() {
        var inbox = Inbox()
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: false))
        inbox.enter(.up)
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: false))
        let left = inbox.goDown(.timedOut, nextAttempt: now.adding(milliseconds: 700))
        #expect(left.count == 2)
        #expect(inbox.fault == .timedOut)
        #expect(inbox.add(NotedExchange(), at: now) == .turnedAway(retryAfterMilliseconds: 700))
        inbox.enter(.up)
        #expect(inbox.fault == nil)
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: false))
        #expect(inbox.close() == false)
        inbox.enter(.up)
        #expect(inbox.phase == .closed)
        #expect(inbox.add(NotedExchange(), at: now) != .taken(wakes: false))
    }

    @Test("a sleeping thread is woken once, and does not go to sleep on work that it would take")
    func waking() {
        var inbox = Inbox()
        inbox.enter(.up)
        #expect(inbox.sleep(takes: true) == true)
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: true))
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: false))
        #expect(inbox.sleep(takes: true) == false)
        #expect(inbox.sleep(takes: false) == true)
        #expect(inbox.close() == true)
        #expect(inbox.sleep(takes: false) == false)
    }

    @Test("exchanges are taken in their order, and no more are let in than its bounds allow")
    func bounds() {
        var inbox = Inbox()
        let exchanges = (0..<Limits.waitingExchanges).map { _ in NotedExchange() }
        for exchange in exchanges { #expect(inbox.add(exchange, at: now) == .taken(wakes: false)) }
        #expect(inbox.add(NotedExchange(), at: now) != .taken(wakes: false))
        let taken = inbox.take(3)
        #expect(zip(taken, exchanges).allSatisfy { $0 === $1 } && taken.count == 3)
        #expect(inbox.add(NotedExchange(), at: now) == .taken(wakes: false))
        #expect(inbox.take(0).isEmpty)
    }

    @Test("of a call that is cancelled, what waits is withdrawn, and no more is let in")
    func cancelled() {
        var inbox = Inbox()
        let cancellation = Cancellation()
        let exchanges = [cancellation, Cancellation(), cancellation].map { NotedExchange(cancellation: $0) }
        for exchange in exchanges { #expect(inbox.add(exchange, at: now) == .taken(wakes: false)) }
        let taken = inbox.take(1)
        #expect(taken.first === exchanges[0])
        cancellation.cancel()
        let withdrawn = inbox.withdraw(cancellation)
        #expect(withdrawn.map(ObjectIdentifier.init) == [ObjectIdentifier(exchanges[2])])
        #expect(inbox.add(NotedExchange(cancellation: cancellation), at: now) != .taken(wakes: false))
        let left = inbox.take(2)
        #expect(left.map(ObjectIdentifier.init) == [ObjectIdentifier(exchanges[1])])
    }

    @Test("a link to a master that became a replica is opened anew, once")
    func readOnly() {
        var inbox = Inbox()
        #expect(inbox.note(.readOnly) == false)
        inbox.enter(.up)
        #expect(inbox.note(.outOfMemory) == false)
        #expect(inbox.takeReopening() == false)
        #expect(inbox.sleep(takes: true) == true)
        #expect(inbox.note(.readOnly) == true)
        #expect(inbox.takeReopening() == true)
        #expect(inbox.takeReopening() == false)
    }

    @Test("what a link leaves behind is split by whether any byte of it was sent")
    func flight() {
        // Each PING is 14 bytes.
        for (sent, expected) in [(0, 0), (1, 1), (14, 1), (15, 2), (42, 3)] {
            var flight = Flight()
            let exchanges = (0..<3).map { _ in NotedExchange() }
            for exchange in exchanges { flight.add(exchange) }
            let left = flight.takeAll(sentBytes: sent)
            #expect(left.sent.count == expected)
            #expect((left.sent + left.unsent).map(ObjectIdentifier.init) == exchanges.map(ObjectIdentifier.init))
            #expect(flight.count == 0)
        }
    }

    @Test("an exchange that is sent again leaves out what was answered")
    func unanswered() {
        let exchange = NotedExchange(["A", "BB", "C"])
        exchange.answered = 1
        #expect(String(decoding: exchange.unanswered, as: UTF8.self) == "*1\r\n$2\r\nBB\r\n*1\r\n$1\r\nC\r\n")
        var flight = Flight()
        flight.add(exchange)
        flight.add(NotedExchange())
        #expect(flight.takeAll(sentBytes: 23).unsent.count == 1)
        exchange.answered = 3
        #expect(exchange.isAnswered && exchange.unanswered.isEmpty)
    }

    @Test("pauses double up to a bound, with full jitter, and begin again after success")
    func backoff() {
        var backoff = Backoff()
        var least = ConstantGenerator(value: 1 << 50)
        var most = ConstantGenerator(value: .max)
        #expect(backoff.nextMilliseconds(using: &most) == 0)
        for bound in [50, 100, 200, 400, 800, 1000, 1000] {
            var other = backoff
            #expect(other.nextMilliseconds(using: &least) == 1)
            #expect(backoff.nextMilliseconds(using: &most) == bound)
        }
        backoff.succeeded()
        #expect(backoff.nextMilliseconds(using: &most) == 0)
    }

    @Test("the engine is what INFO says, and Valkey is not taken for Redis")
    func engine() {
        #expect(HealthCheck.engine("# Server\r\nredis_version:7.0.15\r\nos:x\r\n") == "Redis 7.0.15")
        #expect(
            HealthCheck.engine("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n")
                == "Valkey 8.0.1")
        #expect(HealthCheck.engine("") == "Redis")
    }
}

/// Gives one value for ever.
struct ConstantGenerator: RandomNumberGenerator {
    let value: UInt64

    func next() -> UInt64 { value }
}
