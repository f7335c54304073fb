import Seeds
import Testing

@testable import JSONRPC

@Suite("Flight")
struct FlightTests {
    @Test("each group becomes ready once, never before those that it follows are finished", arguments: 0..<200)
    func readiness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lanes = Int.random(in: 1...4, using: &random)
        var flight = Flight<GroupID>(groupsInLane: lanes)
        var follows: [GroupID: Set<GroupID>] = [:]
        var ready: [GroupID] = []
        var seen: Set<GroupID> = []
        var finished: Set<GroupID> = []
        let last = GroupID.random(in: 1...60, using: &random)
        var next: GroupID = 1
        func check(_ groups: [GroupID]) {
            for group in groups {
                #expect(seen.insert(group).inserted)
                #expect(follows[group]?.isSubset(of: finished) == true)
            }
            ready += groups
            for lane in 0..<3 { #expect(ready.count { $0 % 3 == lane } <= lanes) }
        }
        while finished.count < last {
            if next <= last, Bool.random(using: &random) || ready.isEmpty {
                let earlier = (1..<next).shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
                follows[next] = Set(earlier)
                flight.announce(next)
                let load = Flight<GroupID>.Load(calls: Int(next), bytes: Int(next) * 10)
                if flight.submit(next, next, lane: Int(next % 3), load: load, follows: Set(earlier)) { check([next]) }
                next += 1
            } else {
                let group = ready.remove(at: Int.random(in: ready.indices, using: &random))
                finished.insert(group)
                check(flight.finish(group))
            }
        }
        #expect(seen.count == Int(last))
        #expect(flight.total.calls == 0 && flight.total.bytes == 0 && flight.unfinished.isEmpty)
    }

    @Test("a group may follow one that is announced and not submitted yet")
    func followsAnnounced() {
        var flight = Flight<String>(groupsInLane: 8)
        flight.announce(1)
        flight.announce(2)
        let second = flight.submit(2, "second", lane: 0, load: .init(calls: 1, bytes: 1), follows: [1])
        #expect(!second)
        let first = flight.submit(1, "first", lane: 0, load: .init(calls: 1, bytes: 1), follows: [])
        #expect(first)
        #expect(flight.finish(1) == ["second"])
    }

    @Test("a group that follows itself, a finished group or an unknown one waits for nobody")
    func followsNobody() {
        var flight = Flight<String>(groupsInLane: 8)
        flight.announce(1)
        let first = flight.submit(1, "first", lane: 0, load: .init(), follows: [1, 99])
        #expect(first)
        #expect(flight.finish(1).isEmpty)
        flight.announce(2)
        let second = flight.submit(2, "second", lane: 0, load: .init(), follows: [1])
        #expect(second)
    }

    @Test("the load counts what is submitted and not finished, and a second finish changes nothing")
    func load() {
        var flight = Flight<String>(groupsInLane: 8)
        flight.announce(1)
        #expect(flight.total.calls == 0)
        _ = flight.submit(1, "first", lane: 0, load: .init(calls: 3, bytes: 50), follows: [])
        #expect(flight.total.calls == 3 && flight.total.bytes == 50)
        _ = flight.finish(1)
        #expect(flight.finish(1).isEmpty)
        #expect(flight.total.calls == 0 && flight.total.bytes == 0)
    }

    @Test("it is over when it is closed and nothing is under way, announced groups included")
    func end() {
        var flight = Flight<String>(groupsInLane: 8)
        #expect(!flight.isOver)
        flight.announce(1)
        flight.close()
        #expect(!flight.isOver)
        _ = flight.submit(1, "first", lane: 0, load: .init(), follows: [])
        #expect(!flight.isOver)
        _ = flight.finish(1)
        #expect(flight.isOver)
    }
}
