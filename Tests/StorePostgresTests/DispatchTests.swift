import Testing

@testable import StorePostgres

@Suite("Who does the work of the pool")
struct DispatchTests {
    private let start = ContinuousClock.now
    private let limits: PostgresLimits = {
        var limits = PostgresLimits()
        limits.batchesInFlight = 2
        limits.waitingBatches = 10
        return limits
    }()

    private func dispatch(ready: Int, of links: Int) -> Dispatch<Int> {
        var dispatch = Dispatch<Int>(links: links, limits: limits)
        for link in 0..<ready {
            _ = dispatch.permission(link)
            _ = dispatch.connected(link)
        }
        return dispatch
    }

    private func submit(_ work: Int..., to dispatch: inout Dispatch<Int>) -> [Int?] {
        work.map { dispatch.submit($0, now: start)?.wake }
    }

    @Test("work goes to the links one by one before any gets a second")
    func spread() {
        var dispatch = dispatch(ready: 2, of: 2)
        #expect(submit(1, 2, 3, 4, 5, to: &dispatch) == [0, 0, 0, 0, 0])
        let first = dispatch.take(0)
        #expect(first.work?.work == 1)
        #expect(first.wake == 1)
        let greedy = dispatch.take(0)
        #expect(greedy.work == nil)
        #expect(greedy.wake == 1)
        #expect(dispatch.take(1).work?.work == 2)
        #expect(dispatch.take(0).work?.work == 3)
        #expect(dispatch.take(1).work?.work == 4)
        #expect(dispatch.take(0).work == nil)
        #expect(dispatch.take(1).work == nil)
        dispatch.finish(1)
        #expect(dispatch.take(1).work?.work == 5)
    }

    @Test("whatever the order in which links act, no work is left while a link could take it", arguments: 0..<50)
    func noneForgotten(seed: UInt64) {
        var random = Steps(state: seed)
        var dispatch = dispatch(ready: 3, of: 3)
        var awake: Set<Int> = []
        var loads = [0, 0, 0]
        var done: [Int] = []
        var next = 0
        while done.count < 200 {
            if next < 200, dispatch.waiting.count < limits.waitingBatches, Bool.random(using: &random) {
                if let link = dispatch.submit(next, now: start)?.wake { awake.insert(link) }
                next += 1
            }
            if let link = awake.randomElement(using: &random) {
                awake.remove(link)
                while true {
                    let (work, wake) = dispatch.take(link)
                    if let wake, wake != link { awake.insert(wake) }
                    guard let work else { break }
                    loads[link] += 1
                    done.append(work.work)
                }
            } else if let link = loads.indices.filter({ loads[$0] > 0 }).randomElement(using: &random) {
                loads[link] -= 1
                dispatch.finish(link)
                awake.insert(link)
            } else if next == 200 || !dispatch.waiting.isEmpty {
                Issue.record("everybody sleeps beside \(dispatch.waiting.count) waiting batches")
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
        var dispatch = dispatch(ready: 0, of: 1)
        let accepted = (0..<12).map { dispatch.submit($0, now: start) != nil }
        #expect(accepted == Array(repeating: true, count: 10) + [false, false])
    }

    @Test("work that waits for a connection is given up after the acquire timeout, and the alarm is set for it once")
    func expiry() {
        var dispatch = dispatch(ready: 0, of: 1)
        _ = submit(1, to: &dispatch)
        #expect(dispatch.alarmToSet() == start + limits.acquireTimeout)
        _ = dispatch.submit(2, now: start + .seconds(1))
        #expect(dispatch.alarmToSet() == nil)
        #expect(dispatch.expire(now: start + limits.acquireTimeout) == [1])
        #expect(dispatch.alarmToSet() == start + .seconds(1) + limits.acquireTimeout)
    }

    @Test("while the server is known to be down, work waits for a moment only, also what waited before")
    func down() {
        var dispatch = dispatch(ready: 0, of: 2)
        _ = submit(1, to: &dispatch)
        _ = dispatch.alarmToSet()
        _ = dispatch.permission(0)
        dispatch.failed(0, retryAt: start + .milliseconds(700), now: start)
        #expect(dispatch.alarmToSet() == start + limits.downTimeout)
        _ = submit(2, to: &dispatch)
        #expect(dispatch.expire(now: start + limits.downTimeout) == [1, 2])
        #expect(dispatch.retryAfterMilliseconds(now: start) == 700)
    }

    @Test("a link that cannot connect beside others that serve does not make the server down")
    func partlyUp() {
        var dispatch = dispatch(ready: 1, of: 2)
        _ = dispatch.permission(1)
        dispatch.failed(1, retryAt: start + .seconds(1), now: start)
        #expect(dispatch.downUntil == nil)
    }

    @Test("while the server is down one link tries, and its success calls the others")
    func probing() {
        var dispatch = dispatch(ready: 0, of: 3)
        for link in 0..<3 { #expect(dispatch.permission(link) == .connect) }
        for link in 0..<3 { dispatch.failed(link, retryAt: start + .seconds(1), now: start) }
        #expect(dispatch.permission(0) == .park)
        #expect(dispatch.permission(1) == .park)
        #expect(dispatch.permission(2) == .connect)
        dispatch.failed(2, retryAt: start + .seconds(2), now: start)
        #expect(dispatch.permission(0) == .park)
        #expect(dispatch.permission(2) == .connect)
        #expect(dispatch.connected(2) == [0, 1])
        #expect(dispatch.downUntil == nil)
        #expect(dispatch.permission(0) == .connect)
        #expect(dispatch.permission(1) == .connect)
    }

    @Test("a link that loses its connection hands the work that was meant for it to another")
    func handOver() {
        var dispatch = dispatch(ready: 2, of: 2)
        #expect(submit(1, to: &dispatch) == [0])
        #expect(dispatch.lost(0, wasSilent: false, now: start) == 1)
        #expect(dispatch.take(1).work?.work == 1)
    }

    @Test("the last silent connection tells that the server is down, one that was closed does not yet")
    func silence() {
        var dispatch = dispatch(ready: 2, of: 2)
        _ = dispatch.lost(0, wasSilent: true, now: start)
        #expect(dispatch.downUntil == nil)
        _ = dispatch.lost(1, wasSilent: true, now: start)
        #expect(dispatch.downUntil == start)
        var closed = self.dispatch(ready: 1, of: 1)
        _ = closed.lost(0, wasSilent: false, now: start)
        #expect(closed.downUntil == nil)
    }

    @Test("work that did not run goes first to another link, but not for ever and not after its time")
    func putBack() throws {
        var dispatch = dispatch(ready: 2, of: 2)
        _ = submit(1, 2, to: &dispatch)
        for round in 1..<Dispatch<Int>.triesLimit {
            let work = try #require(dispatch.take(0).work)
            #expect(work.work == 1)
            #expect(dispatch.putBack(work, now: start) != nil, "round \(round)")
            dispatch.finish(0)
        }
        let work = try #require(dispatch.take(0).work)
        #expect(dispatch.putBack(work, now: start) == nil)
        let late = try #require(dispatch.take(1).work)
        #expect(dispatch.putBack(late, now: start + limits.acquireTimeout) == nil)
    }

    @Test("work that waits is withdrawn alone, and what does not wait is not found")
    func withdraw() {
        var dispatch = dispatch(ready: 1, of: 1)
        _ = submit(1, 2, 3, to: &dispatch)
        #expect(dispatch.take(0).work?.work == 1)
        let withdrawn = [2, 2, 1].map { number in dispatch.withdraw { $0 == number } }
        #expect(withdrawn == [2, nil, nil])
        #expect(dispatch.take(0).work?.work == 3)
    }

    @Test("work that was interrupted goes first, as often as it takes, and waits as long as new work does")
    func restore() {
        var dispatch = dispatch(ready: 1, of: 1)
        _ = submit(1, 2, to: &dispatch)
        let late = start + limits.acquireTimeout * 2
        for _ in 0...Dispatch<Int>.triesLimit {
            let work = dispatch.take(0).work
            #expect(work?.work == 1)
            dispatch.finish(0)
            #expect(dispatch.restore(1, now: late)?.wake == 0)
        }
        #expect(dispatch.expire(now: late) == [2])
        #expect(dispatch.expire(now: late + limits.acquireTimeout) == [1])
        _ = dispatch.stop()
        #expect(dispatch.restore(1, now: late) == nil)
    }

    @Test("nothing is taken or opened after the stop, and what waited is given back")
    func stop() {
        var dispatch = dispatch(ready: 0, of: 1)
        _ = submit(1, 2, to: &dispatch)
        #expect(dispatch.stop() == [1, 2])
        #expect(dispatch.submit(3, now: start) == nil)
        #expect(dispatch.permission(0) == .stop)
    }
}
