import Platform
import Seeds
import Testing

@testable import JSONRPC

@Suite("GroupScheduler", .timeLimit(.minutes(1)))
struct GroupSchedulerTests {
    private let alarms: Alarms
    private let output = OutputQueue(descriptor: -1, limitBytes: 10)

    init() throws {
        alarms = try #require(Alarms())
    }

    /// The groups that a scheduler ran, in their order.
    private let served = Monitor<[GroupID]>([])

    /// Groups are served when the test calls `finished`.
    private func scheduler(_ limits: Limits = Limits(), patience: Duration = .zero) -> GroupScheduler {
        GroupScheduler(
            limits: limits, deadlines: Deadlines(alarms: alarms), output: output, patience: patience
        ) { [served] group, _, _ in
            served.update { $0.append(group.id) }
        }
    }

    @Test("what is submitted after the reader was told to stop is still served")
    func servesAfterStop() async {
        let scheduler = self.scheduler()
        let (first, second) = (CallGroup.of(1), CallGroup.of(2))
        scheduler.announce(first)
        scheduler.submit(first)
        scheduler.stopReading()
        // The reader is in the middle of a round, and no group of the round is announced yet.
        scheduler.finished(first)
        scheduler.announce(second)
        scheduler.submit(second)
        scheduler.close()
        scheduler.finished(second)
        await scheduler.waitUntilOver()
        #expect(served.withLock(\.self) == [1, 2])
    }

    @Test("a group starts when the last of its predecessors is finished")
    func followsOthers() async {
        let scheduler = self.scheduler()
        let groups = [CallGroup.of(1), .of(2), .of(3, after: [1, 2])]
        for group in groups { scheduler.announce(group) }
        for group in [groups[2], groups[0], groups[1]] { scheduler.submit(group) }
        scheduler.close()
        for group in groups {
            #expect(served.withLock(\.self).last == (group.id == 3 ? 3 : 2))
            scheduler.finished(group)
        }
        await scheduler.waitUntilOver()
        #expect(served.withLock(\.self) == [1, 2, 3])
    }

    @Test("a long group waits for a lone urgent call, and a short one does not")
    func waitsForLoneCall() async {
        let scheduler = self.scheduler(patience: .seconds(3600))
        let (lone, long) = (CallGroup.of(1, isUrgent: true), CallGroup.of(2, lane: 1, calls: 64))
        let (short, second) = (CallGroup.of(3, lane: 2), CallGroup.of(4, lane: 3, calls: 64))
        for group in [lone, long, short, second] { scheduler.announce(group) }
        scheduler.submit(lone)
        scheduler.submit(short)
        async let isSubmitted: Void = onThread { scheduler.submit(long) }
        #expect(served.withLock(\.self) == [1, 3])
        scheduler.finished(lone)
        await isSubmitted
        scheduler.submit(second)
        #expect(served.withLock(\.self) == [1, 3, 2, 4])
    }

    @Test("a lone call that takes long delays nobody")
    func losesPatience() {
        let scheduler = self.scheduler()
        let (lone, long) = (CallGroup.of(1, isUrgent: true), CallGroup.of(2, lane: 1, calls: 64))
        for group in [lone, long] { scheduler.announce(group) }
        scheduler.submit(lone)
        scheduler.submit(long)
        #expect(served.withLock(\.self) == [1, 2])
    }

    @Test("there is room only below both limits", arguments: [(9, 99, true), (10, 0, false), (1, 100, false)])
    func room(calls: Int, bytes: Int, expected: Bool) async {
        var limits = Limits()
        limits.callsInFlight = 10
        limits.bytesInFlight = 100
        let scheduler = self.scheduler(limits)
        let group = CallGroup.of(1, calls: calls, bytes: bytes)
        scheduler.announce(group)
        scheduler.submit(group)
        async let hasRoom = onThread { scheduler.waitForRoom() }
        // A reader that waits gets `false` at the end; one that does not wait got `true`.
        if !expected { scheduler.close() }
        #expect(await hasRoom == expected)
        scheduler.close()
    }

    @Test(
        "a call that touches no resource finds room when others do not, up to twice the limit",
        arguments: [(9, true, true), (10, false, true), (19, false, true), (20, false, false)])
    func roomForQuestions(calls: Int, hasRoom: Bool, hasRoomForQuestions: Bool) {
        var limits = Limits()
        limits.callsInFlight = 10
        let scheduler = self.scheduler(limits)
        let group = CallGroup.of(1, calls: 5)
        scheduler.announce(group)
        scheduler.submit(group)
        let load = GroupScheduler.Load(calls: calls - 5, bytes: 1)
        #expect(scheduler.hasRoom(for: Footprint(reads: 1), beside: load) == hasRoom)
        #expect(scheduler.hasRoom(for: Footprint(), beside: load) == hasRoomForQuestions)
    }

    @Test("a finished group makes room")
    func makesRoom() async {
        var limits = Limits()
        limits.callsInFlight = 1
        let scheduler = self.scheduler(limits)
        let group = CallGroup.of(1)
        scheduler.announce(group)
        scheduler.submit(group)
        async let hasRoom = onThread { scheduler.waitForRoom() }
        scheduler.finished(group)
        #expect(await hasRoom)
        scheduler.close()
    }

    @Test("a scheduler ends at once when nothing was submitted")
    func endsEmpty() async {
        let scheduler = self.scheduler()
        scheduler.close()
        await scheduler.waitUntilOver()
        #expect(served.withLock(\.isEmpty))
        #expect(scheduler.unfinished.isEmpty)
    }
}

@Suite("The state of a scheduler")
struct GroupSchedulerStateTests {
    @Test("each group starts once, and never before its predecessors are finished", arguments: 0..<200)
    func readiness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lanes = Int.random(in: 1...4, using: &random)
        var limits = Limits()
        limits.groupsInLane = lanes
        var state = GroupScheduler.State(limits: limits)
        var predecessors: [GroupID: Set<GroupID>] = [:]
        var ready: [GroupID] = []
        var seen: Set<GroupID> = []
        var finished: Set<GroupID> = []
        let last = GroupID.random(in: 1...60, using: &random)
        var next: GroupID = 1
        func check(_ groups: [GroupID]) {
            for group in groups {
                #expect(seen.insert(group).inserted)
                #expect(predecessors[group]?.isSubset(of: finished) == true)
            }
            ready += groups
            for lane in 0..<3 { #expect(ready.count { $0 % 3 == lane } <= lanes) }
        }
        while finished.count < last {
            if next <= last, Bool.random(using: &random) || ready.isEmpty {
                let earlier = (1..<next).shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
                predecessors[next] = Set(earlier)
                let group = CallGroup.of(
                    next, lane: Int(next % 3), calls: Int(next), bytes: Int(next) * 10, after: Set(earlier))
                state.announce(group)
                check(state.submit(group, .free).map(\.id))
                next += 1
            } else {
                let group = ready.remove(at: Int.random(in: ready.indices, using: &random))
                finished.insert(group)
                check(state.finish(group, .free).map(\.id))
            }
        }
        #expect(seen.count == Int(last))
        #expect(state.total.calls == 0 && state.total.bytes == 0 && state.unfinished.isEmpty)
    }

    @Test("a group may wait for one that is announced and not yet submitted")
    func waitsForAnnounced() {
        var state = GroupScheduler.State(limits: Limits())
        let (first, second) = (CallGroup.of(1), CallGroup.of(2, after: [1]))
        state.announce(first)
        state.announce(second)
        let startsSecond = state.submit(second, .free)
        #expect(startsSecond.isEmpty)
        let startsFirst = state.submit(first, .free)
        #expect(startsFirst.map(\.id) == [1])
        #expect(state.finish(1, .free).map(\.id) == [2])
    }

    @Test("a group waits neither for itself nor for a finished or an unknown group")
    func waitsForNobody() {
        var state = GroupScheduler.State(limits: Limits())
        let (first, second) = (CallGroup.of(1, after: [1, 99]), CallGroup.of(2, after: [1]))
        state.announce(first)
        let startsFirst = state.submit(first, .free)
        #expect(startsFirst.map(\.id) == [1])
        #expect(state.finish(1, .free).isEmpty)
        state.announce(second)
        let startsSecond = state.submit(second, .free)
        #expect(startsSecond.map(\.id) == [2])
    }

    @Test("the load counts what is submitted and not finished, and a second finish changes nothing")
    func load() {
        var state = GroupScheduler.State(limits: Limits())
        let group = CallGroup.of(1, calls: 3, bytes: 50)
        state.announce(group)
        #expect(state.total.calls == 0)
        _ = state.submit(group, .free)
        #expect(state.total.calls == 3 && state.total.bytes == 50)
        _ = state.finish(1, .free)
        #expect(state.finish(1, .free).isEmpty)
        #expect(state.total.calls == 0 && state.total.bytes == 0)
    }

    @Test("scheduling is over when it is closed and every group is finished, announced groups included")
    func end() {
        var state = GroupScheduler.State(limits: Limits())
        #expect(!state.isOver)
        let group = CallGroup.of(1)
        state.announce(group)
        state.close()
        #expect(!state.isOver)
        _ = state.submit(group, .free)
        #expect(!state.isOver)
        _ = state.finish(1, .free)
        #expect(state.isOver)
    }

    /// Submits so many groups of two lanes, even and odd numbers, and returns the ids of those that start.
    private func submit(_ count: GroupID, to state: inout GroupScheduler.State, _ room: OutputQueue.Room) -> [GroupID] {
        (1...count).flatMap { id in
            let group = CallGroup.of(id, lane: Int(id % 2), bytes: 40)
            state.announce(group)
            return state.submit(group, room).map(\.id)
        }
    }

    @Test("groups that run share the budget of memory, but the first of each lane starts in any case")
    func budget() {
        var limits = Limits()
        limits.bytesRunning = 100
        var state = GroupScheduler.State(limits: limits)
        #expect(submit(6, to: &state, .free) == [1, 2])
        #expect(state.bytesRunning == 80)
        #expect(state.finish(1, .free).map(\.id) == [4, 3])
        limits.bytesRunning = 10
        state = GroupScheduler.State(limits: limits)
        #expect(submit(6, to: &state, .free) == [1, 2])
        #expect(state.finish(2, .free).map(\.id) == [4])
        #expect(state.bytesRunning == 80)
    }

    @Test("no group starts while responses wait for their reader; while they wait for others, one of each lane does")
    func outputRoom() {
        var state = GroupScheduler.State(limits: Limits())
        #expect(submit(6, to: &state, .full) == [])
        #expect(state.start(.full).isEmpty)
        #expect(state.start(.held).map(\.id) == [2, 1])
        #expect(state.start(.held).isEmpty)
        #expect(state.start(.free).map(\.id) == [4, 6, 3, 5])
    }
}

@Suite("AnswerSize")
struct AnswerSizeTests {
    @Test("larger responses count at once, smaller ones slowly, and never less than the least")
    func measures() {
        let size = AnswerSize(least: 100)
        #expect(size.bytes > 100, "large responses are expected at first")
        size.measure(bytes: 8000, calls: 10)
        #expect(size.bytes == 800)
        size.measure(bytes: 0, calls: 10)
        #expect(size.bytes == 700)
        for _ in 0..<100 { size.measure(bytes: 10, calls: 10) }
        #expect(size.bytes == 100)
    }
}
