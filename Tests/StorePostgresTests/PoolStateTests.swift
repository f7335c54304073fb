import Repositories
import Testing

@testable import StorePostgres

@Suite("The state of the pool")
struct PoolStateTests {
    private let start = ContinuousClock.now
    private let limits: PostgresLimits = {
        var limits = PostgresLimits()
        limits.batchesInFlight = 2
        limits.waitingBatches = 10
        return limits
    }()

    private static let refused = StoreReason(.unreachable, code: "ECONNREFUSED", "nobody listens")

    private func pool(ready: Int, of workers: Int) -> PoolState<Int> {
        var pool = PoolState<Int>(workers: workers, limits: limits)
        for worker in 0..<ready {
            _ = pool.permission(worker)
            _ = pool.connected(worker)
        }
        return pool
    }

    private func submit(_ work: Int..., to pool: inout PoolState<Int>) -> [Int?] {
        work.map { pool.submit($0, now: start)?.wake }
    }

    @Test("work goes to each worker once before any gets a second batch")
    func spread() {
        var pool = pool(ready: 2, of: 2)
        #expect(submit(1, 2, 3, 4, 5, to: &pool) == [0, 0, 0, 0, 0])
        let first = pool.take(0)
        #expect(first.work?.work == 1)
        #expect(first.wake == 1)
        let greedy = pool.take(0)
        #expect(greedy.work == nil)
        #expect(greedy.wake == 1)
        #expect(pool.take(1).work?.work == 2)
        #expect(pool.take(0).work?.work == 3)
        #expect(pool.take(1).work?.work == 4)
        #expect(pool.take(0).work == nil)
        #expect(pool.take(1).work == nil)
        pool.finish(1)
        #expect(pool.take(1).work?.work == 5)
    }

    @Test("in whatever order workers act, no work is left while a worker could take it", arguments: 0..<50)
    func noneForgotten(seed: UInt64) {
        var random = Steps(state: seed)
        var pool = pool(ready: 3, of: 3)
        var awake: Set<Int> = []
        var loads = [0, 0, 0]
        var done: [Int] = []
        var next = 0
        while done.count < 200 {
            if next < 200, pool.waiting.count < limits.waitingBatches, Bool.random(using: &random) {
                if let worker = pool.submit(next, now: start)?.wake { awake.insert(worker) }
                next += 1
            }
            if let worker = awake.randomElement(using: &random) {
                awake.remove(worker)
                while true {
                    let (work, wake) = pool.take(worker)
                    if let wake, wake != worker { awake.insert(wake) }
                    guard let work else { break }
                    loads[worker] += 1
                    done.append(work.work)
                }
            } else if let worker = loads.indices.filter({ loads[$0] > 0 }).randomElement(using: &random) {
                loads[worker] -= 1
                pool.finish(worker)
                awake.insert(worker)
            } else if next == 200 || !pool.waiting.isEmpty {
                Issue.record("no worker is awake beside \(pool.waiting.count) waiting batches")
                return
            }
        }
        #expect(done == Array(0..<200))
    }

    /// A linear congruential generator (Knuth, MMIX).
    private struct Steps: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test("too much waiting work is refused")
    func bounded() {
        var pool = pool(ready: 0, of: 1)
        let accepted = (0..<12).map { pool.submit($0, now: start) != nil }
        #expect(accepted == Array(repeating: true, count: 10) + [false, false])
    }

    @Test("work that waits for a connection expires after the acquire timeout, and the alarm is set for it once")
    func expiry() {
        var pool = pool(ready: 0, of: 1)
        _ = submit(1, to: &pool)
        #expect(pool.alarmToSet() == start + limits.acquireTimeout)
        _ = pool.submit(2, now: start + .seconds(1))
        #expect(pool.alarmToSet() == nil)
        #expect(pool.expire(now: start + limits.acquireTimeout) == [1])
        #expect(pool.alarmToSet() == start + .seconds(1) + limits.acquireTimeout)
    }

    @Test("while the server is known to be down, new and old work waits for a short time only")
    func down() {
        var pool = pool(ready: 0, of: 2)
        _ = submit(1, to: &pool)
        _ = pool.alarmToSet()
        _ = pool.permission(0)
        pool.failed(0, for: Self.refused, retryAt: start + .milliseconds(700), now: start)
        #expect(pool.alarmToSet() == start + limits.downTimeout)
        _ = submit(2, to: &pool)
        #expect(pool.expire(now: start + limits.downTimeout) == [1, 2])
        #expect(pool.retryAfterMilliseconds(now: start) == 700)
    }

    @Test("work that is turned away learns why: the last failure while the server is away, busy connections otherwise")
    func reasons() {
        var pool = pool(ready: 1, of: 2)
        #expect(pool.reason.cause == .throttled)
        pool.failed(1, for: Self.refused, retryAt: start, now: start)
        #expect(pool.reason == Self.refused)
        _ = pool.connected(1)
        #expect(pool.reason.cause == .throttled)
        let silence = StoreReason(.unreachable, code: "ETIMEDOUT", "no reply")
        _ = pool.lost(0, for: silence, wasSilent: true, now: start)
        #expect(pool.reason == silence)
    }

    @Test("a worker that ends what it has left on the server is not the one that tries to connect for all")
    func closing() {
        var pool = pool(ready: 2, of: 2)
        _ = pool.lost(0, for: nil, wasSilent: true, now: start)
        _ = pool.lost(1, for: nil, wasSilent: true, now: start)
        #expect(pool.downUntil != nil)
        #expect(pool.permission(1) == .connect)
        #expect(pool.permission(0) == .park)
    }

    @Test("the server is not down while a worker cannot connect and others serve")
    func partlyUp() {
        var pool = pool(ready: 1, of: 2)
        _ = pool.permission(1)
        pool.failed(1, for: Self.refused, retryAt: start + .seconds(1), now: start)
        #expect(pool.downUntil == nil)
    }

    @Test("while the server is down one worker tries to connect, and its success wakes the others")
    func probing() {
        var pool = pool(ready: 0, of: 3)
        for worker in 0..<3 { #expect(pool.permission(worker) == .connect) }
        for worker in 0..<3 { pool.failed(worker, for: Self.refused, retryAt: start + .seconds(1), now: start) }
        #expect(pool.permission(0) == .park)
        #expect(pool.permission(1) == .park)
        #expect(pool.permission(2) == .connect)
        pool.failed(2, for: Self.refused, retryAt: start + .seconds(2), now: start)
        #expect(pool.permission(0) == .park)
        #expect(pool.permission(2) == .connect)
        #expect(pool.connected(2) == [0, 1])
        #expect(pool.downUntil == nil)
        #expect(pool.permission(0) == .connect)
        #expect(pool.permission(1) == .connect)
    }

    @Test("when a worker loses its connection, another is woken for its work")
    func handOver() {
        var pool = pool(ready: 2, of: 2)
        #expect(submit(1, to: &pool) == [0])
        #expect(pool.lost(0, for: nil, wasSilent: false, now: start) == 1)
        #expect(pool.take(1).work?.work == 1)
    }

    @Test("the server is down when the last connection was silent, and not when it was closed")
    func silence() {
        var pool = pool(ready: 2, of: 2)
        _ = pool.lost(0, for: nil, wasSilent: true, now: start)
        #expect(pool.downUntil == nil)
        _ = pool.lost(1, for: nil, wasSilent: true, now: start)
        #expect(pool.downUntil == start)
        var closed = self.pool(ready: 1, of: 1)
        _ = closed.lost(0, for: nil, wasSilent: false, now: start)
        #expect(closed.downUntil == nil)
    }

    @Test("work that did not run goes to another worker next, unless it has run out of attempts or time")
    func putBack() throws {
        var pool = pool(ready: 2, of: 2)
        _ = submit(1, 2, to: &pool)
        for round in 1..<pool.maximumAttempts {
            let work = try #require(pool.take(0).work)
            #expect(work.work == 1)
            #expect(pool.putBack(work, now: start) != nil, "round \(round)")
            pool.finish(0)
        }
        let work = try #require(pool.take(0).work)
        #expect(pool.putBack(work, now: start) == nil)
        let late = try #require(pool.take(1).work)
        #expect(pool.putBack(late, now: start + limits.acquireTimeout) == nil)
    }

    @Test("waiting work is withdrawn alone, and work that does not wait is not found")
    func withdraw() {
        var pool = pool(ready: 1, of: 1)
        _ = submit(1, 2, 3, to: &pool)
        #expect(pool.take(0).work?.work == 1)
        let withdrawn = [2, 2, 1].map { number in pool.withdraw { $0 == number } }
        #expect(withdrawn == [2, nil, nil])
        #expect(pool.take(0).work?.work == 3)
    }

    @Test("interrupted work goes next, after any number of attempts, and waits as long as new work does")
    func restore() {
        var pool = pool(ready: 1, of: 1)
        _ = submit(1, 2, to: &pool)
        let late = start + limits.acquireTimeout * 2
        for _ in 0...pool.maximumAttempts {
            let work = pool.take(0).work
            #expect(work?.work == 1)
            pool.finish(0)
            #expect(pool.restore(1, now: late)?.wake == 0)
        }
        #expect(pool.expire(now: late) == [2])
        #expect(pool.expire(now: late + limits.acquireTimeout) == [1])
        _ = pool.stop()
        #expect(pool.restore(1, now: late) == nil)
    }

    @Test("after the stop no work is taken and no connection opened, and the waiting work is returned")
    func stop() {
        var pool = pool(ready: 0, of: 1)
        _ = submit(1, 2, to: &pool)
        #expect(pool.stop() == [1, 2])
        #expect(pool.submit(3, now: start) == nil)
        #expect(pool.permission(0) == .stop)
    }
}
