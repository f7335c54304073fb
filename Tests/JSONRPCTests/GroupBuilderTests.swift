import JSON
import Platform
import Testing

@testable import JSONRPC

@Suite("GroupBuilder")
struct GroupBuilderTests {
    private let alarms: Alarms
    private let output = OutputQueue(descriptor: -1, limitBytes: 1)
    /// The groups that the scheduler ran, in their order.
    private let served = Monitor<[CallGroup]>([])

    init() throws {
        alarms = try #require(Alarms())
    }

    /// Groups are finished when the test calls `finished`.
    private func scheduler(_ limits: Limits) -> GroupScheduler {
        GroupScheduler(limits: limits, deadlines: Deadlines(alarms: alarms), output: output) { [served] group, _, _ in
            served.withLock { $0.append(group) }
        }
    }

    private func builder(_ limits: Limits, _ scheduler: GroupScheduler) -> GroupBuilder {
        GroupBuilder(
            limits: limits, output: output, scheduler: scheduler,
            counters: ConnectionCounters())
    }

    /// Adds a call to the method of a lane; the call's id is its subject.
    private func add(
        _ params: String, to method: Method, lane: Int = 0, _ builder: inout GroupBuilder
    ) throws {
        guard case .grouped(let grouping) = method.service else { return }
        try Text(params).parse { params in
            let call = IncomingCall(id: params["subject"]?.rawText, target: .output, bytes: 10)
            try builder.add(call, params, to: method, grouping, lane: lane)
        }
    }

    @Test("a call whose params cannot be decoded opens no group")
    func opensNoGroup() throws {
        let scheduler = scheduler(Limits())
        var builder = builder(Limits(), scheduler)
        let method = Method.gated(Gate(), isUrgent: true)
        #expect(throws: Failure.self) { try add("{}", to: method, &builder) }
        builder.submitAll()
        #expect(scheduler.unfinished.isEmpty)
        #expect(!builder.hasCalls && builder.awaitedBytes == 0)
        #expect(served.withLock(\.isEmpty))
    }

    @Test("calls of one method share a group until it is full or the round ends")
    func sharesGroups() throws {
        var limits = Limits()
        limits.callsInGroup = 3
        let scheduler = scheduler(limits)
        var builder = builder(limits, scheduler)
        for subject in 1...5 { try add(#"{"subject":\#(subject)}"#, to: .gated(Gate()), &builder) }
        #expect(served.withLock { $0.map(\.calls.count) } == [3])
        builder.submitAll()
        #expect(served.withLock { $0.map(\.calls.count) } == [3, 2])
    }

    @Test("sequential calls are groups of their own, and each starts when the call before it is finished")
    func isSequential() throws {
        var limits = Limits()
        limits.isSequential = true
        let scheduler = scheduler(limits)
        var builder = builder(limits, scheduler)
        let methods = [Method.gated(Gate()), .gated(Gate(), isUrgent: true)]
        for subject in 1...6 {
            let lane = subject % 2
            try add(#"{"subject":\#(subject)}"#, to: methods[lane], lane: lane, &builder)
            if subject == 3 {
                builder.submitAll()
                builder.beginRound()
            }
        }
        builder.submitAll()
        for started in 1...6 {
            let groups = served.withLock(\.self)
            #expect(groups.count == started)
            let group = try #require(groups.last)
            #expect(group.calls.count == 1 && group.calls.withID(of: 0) { Array($0).text } == "\(started)")
            scheduler.finished(group)
        }
        #expect(scheduler.unfinished.isEmpty)
    }
}
