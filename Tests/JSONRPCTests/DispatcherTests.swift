import JSON
import Testing
import Platform

@testable import JSONRPC

@Suite("Dispatcher", .timeLimit(.minutes(1)))
struct DispatcherTests {
    /// A group of a given size that does nothing.
    private final class Group: CallGroup, @unchecked Sendable {
        // Unchecked: set before the group is submitted, and not changed from then on.
        let id: GroupID
        let lane = 0
        let isUrgent = false
        let calls = PendingCalls(method: "none", output: OutputQueue(descriptor: -1, limitBytes: 1), tally: Tally())
        var follows: Set<GroupID>

        init(_ id: GroupID, count: Int = 1, follows: Set<GroupID> = []) {
            self.id = id
            self.follows = follows
            for _ in 0..<count { calls.append(id: nil, target: .nowhere, deadline: nil, token: nil) }
        }

        func append(_ params: Value) throws(Failure) {}

        func run() async {}
    }

    private let alarms: Alarms

    init() throws {
        alarms = try #require(Alarms())
    }

    /// The groups that a dispatcher had run, in their order.
    private let served = Monitor<[GroupID]>([])

    /// Groups are served when the test calls `finished`.
    private func dispatcher(_ limits: Limits = Limits()) -> Dispatcher {
        Dispatcher(limits: limits, deadlines: Deadlines(alarms: alarms)) { [served] group, _ in
            served.withLock { $0.append(group.id) }
        }
    }

    @Test("what is submitted after the reader was told to stop is still served")
    func servesAfterStop() async {
        let dispatcher = self.dispatcher()
        let first = Group(1)
        dispatcher.announce(1)
        dispatcher.submit(first, bytes: 1)
        dispatcher.stopReading()
        // The reader is in the middle of a round of which no group is announced yet.
        dispatcher.finished(first)
        dispatcher.announce(2)
        dispatcher.submit(Group(2), bytes: 1)
        dispatcher.close()
        dispatcher.finished(Group(2))
        await dispatcher.waitUntilOver()
        #expect(served.withLock(\.self) == [1, 2])
    }

    @Test("a group that follows others is ready when the last of them is finished")
    func followsOthers() async {
        let dispatcher = self.dispatcher()
        for id in GroupID(1)...3 { dispatcher.announce(id) }
        dispatcher.submit(Group(3, follows: [1, 2]), bytes: 1)
        dispatcher.submit(Group(1), bytes: 1)
        dispatcher.submit(Group(2), bytes: 1)
        dispatcher.close()
        for group in [1, 2, 3] {
            #expect(served.withLock(\.self).last == (group == 3 ? 3 : 2))
            dispatcher.finished(Group(GroupID(group)))
        }
        await dispatcher.waitUntilOver()
        #expect(served.withLock(\.self) == [1, 2, 3])
    }

    @Test("there is room below both limits only", arguments: [(9, 99, true), (10, 0, false), (0, 100, false)])
    func room(calls: Int, bytes: Int, expected: Bool) async {
        var limits = Limits()
        limits.callsInFlight = 10
        limits.bytesInFlight = 100
        let dispatcher = self.dispatcher(limits)
        let group = Group(1, count: calls)
        dispatcher.announce(1)
        dispatcher.submit(group, bytes: bytes)
        async let hasRoom = onThread { dispatcher.waitForRoom() }
        // Whoever waits hears `false` at the end; whoever does not was told `true`.
        if !expected { dispatcher.close() }
        #expect(await hasRoom == expected)
        dispatcher.close()
    }

    @Test(
        "a call that touches no resource finds room when others do not, but not for ever",
        arguments: [(9, true, true), (10, false, true), (19, false, true), (20, false, false)])
    func roomForQuestions(calls: Int, hasRoom: Bool, hasRoomForQuestions: Bool) {
        var limits = Limits()
        limits.callsInFlight = 10
        let dispatcher = self.dispatcher(limits)
        dispatcher.announce(1)
        dispatcher.submit(Group(1, count: 5), bytes: 1)
        let load = Flight<any CallGroup>.Load(calls: calls - 5, bytes: 1)
        #expect(dispatcher.hasRoom(for: Footprint(reads: 1), beside: load) == hasRoom)
        #expect(dispatcher.hasRoom(for: Footprint(), beside: load) == hasRoomForQuestions)
    }

    @Test("a finished group makes room")
    func makesRoom() async {
        var limits = Limits()
        limits.callsInFlight = 1
        let dispatcher = self.dispatcher(limits)
        let group = Group(1)
        dispatcher.announce(1)
        dispatcher.submit(group, bytes: 1)
        async let hasRoom = onThread { dispatcher.waitForRoom() }
        dispatcher.finished(group)
        #expect(await hasRoom)
        dispatcher.close()
    }

    @Test("it ends at once when nothing was submitted")
    func endsEmpty() async {
        let dispatcher = self.dispatcher()
        dispatcher.close()
        await dispatcher.waitUntilOver()
        #expect(served.withLock(\.isEmpty))
        #expect(dispatcher.unfinished.isEmpty)
    }
}
