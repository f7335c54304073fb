import JSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite("CallGroup", .timeLimit(.minutes(1)))
struct CallGroupTests {
    @Test("a call that is cancelled while it begins is not reported after its response")
    func endsProgressOnce() async throws {
        let pipe = try Pipe()
        let (groups, callsInGroup) = (40, 100)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: .max)
        async let drained: Void = onThread { output.drain() }
        async let received = pipe.read()
        for number in 0..<groups {
            let group = CallGroup.of(GroupID(number), calls: 0, output: output)
            for call in 0..<callsInGroup {
                try Text("\(number * callsInGroup + call)").parse { id in
                    group.append(id, token: id)
                }
            }
            async let begun: Void = onThread {
                _ = group.begin()
                group.started(as: Task {})
            }
            async let refused: Void = onThread {
                for call in 0..<callsInGroup { group.refuse(call, with: Failure(.requestCancelled)) }
            }
            _ = await (begun, refused)
        }
        output.close()
        await drained
        pipe.closeWriteEnd()
        let lines = await received.lines
        pipe.closeReadEnd()
        let start = #"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"#
        var ended: Set<Substring> = []
        var late = 0
        for line in lines where line.hasPrefix(start) {
            let token = line.dropFirst(start.count).prefix { $0 != "," }
            if ended.contains(token) { late += 1 }
            if line.hasSuffix(#""kind":"end"}}}"#) { ended.insert(token) }
        }
        #expect(late == 0)
        #expect(ended.count == groups * callsInGroup)
    }

    @Test("a call that is cancelled before the task of its group is known is answered when that task is cancelled")
    func refusesBeforeTask() async throws {
        let pipe = try Pipe()
        let group = CallGroup.of(1, calls: 0, output: OutputQueue(descriptor: pipe.writeEnd, limitBytes: .max))
        try Text("1").parse { id in group.append(id) }
        _ = group.begin()
        group.refuse(0, with: Failure(.requestCancelled))
        #expect(!pipe.hasBytes)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
        }
        group.started(as: task)
        await task.value
        #expect(pipe.hasBytes)
        pipe.closeWriteEnd()
        pipe.closeReadEnd()
    }
}

@Suite("The state of a group")
struct CallGroupStateTests {
    @Test("each call is closed once, and not after its group has answered")
    func closesOnce() {
        var state = CallGroup.State()
        let isClosed = [state.close(1), state.close(1)]
        #expect(isClosed == [true, false])
        #expect(!state.isOpen(1) && state.isOpen(0))
        state.settle()
        let isClosedLate = state.close(0)
        #expect(!isClosedLate)
        #expect(!state.isOpen(0))
    }

    @Test("a call that is closed before the group runs is not left to serve")
    func leavesOut() {
        var state = CallGroup.State()
        let all = state.begin(3)
        #expect(all == nil)
        state = CallGroup.State()
        _ = state.close(1)
        let left = state.begin(3)
        #expect(left == [0, 2])
    }

    @Test("a group is abandoned when it runs and all its calls are closed")
    func abandoned() {
        var state = CallGroup.State()
        _ = state.close(0)
        _ = state.begin(2)
        #expect(!state.isAbandoned(of: 2))
        _ = state.close(1)
        #expect(state.isAbandoned(of: 2))
        state.settle()
        #expect(!state.isAbandoned(of: 2))
    }

    @Test("a served group is finished at once, or by the last of those who still answer its closed calls")
    func finishes() {
        let finished = Mutex(0)
        let finish: @Sendable () -> Void = { finished.withLock { $0 += 1 } }
        var state = CallGroup.State()
        state.noteServed(finish)?()
        #expect(finished.withLock { $0 } == 1)
        state = CallGroup.State()
        _ = (state.close(0), state.close(1))
        state.noteServed(finish)?()
        state.noteRefused()?()
        #expect(finished.withLock { $0 } == 1)
        state.noteRefused()?()
        #expect(finished.withLock { $0 } == 2)
    }
}
