import JSON
import Testing

@testable import JSONRPC

@Suite("Pending calls", .timeLimit(.minutes(1)))
struct PendingCallsTests {
    @Test("a call that is cancelled in the moment in which it begins is not reported after its answer")
    func endsProgressOnce() async throws {
        let pipe = try Pipe()
        let (groups, callsInGroup) = (40, 100)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: .max)
        async let drained: Void = onThread { output.drain() }
        async let received = pipe.read()
        for group in 0..<groups {
            let calls = PendingCalls(method: "some", output: output, tally: Tally())
            for call in 0..<callsInGroup {
                try Text("\(group * callsInGroup + call)").parse { id in
                    calls.append(id: id, target: .stream, deadline: nil, token: id)
                }
            }
            async let begun: Void = onThread { _ = calls.begin() }
            async let refused: Void = onThread {
                for call in 0..<callsInGroup { calls.refuse(call, with: Failure(.requestCancelled)) }
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
}
