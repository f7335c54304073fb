import JSON
import Platform
import Testing

@testable import JSONRPC

@Suite("Calls that are answered while they run", .timeLimit(.minutes(1)))
struct AbandonedCallTests {
    /// A call that ends when it is cancelled, and notes what its client has been told by then.
    private final class CancelledCall: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Void, Never>?
            /// Whether the client had an answer when the call was cancelled.
            var hadAnswer: Bool?
        }

        private let state = Monitor(State())
        private let answers: Pipe

        init(answers: Pipe) {
            self.answers = answers
        }

        func run() async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in state.update { $0.continuation = continuation } }
            } onCancel: {
                state.withLock { state in
                    state.hadAnswer = answers.hasBytes
                    return state.continuation
                }?.resume()
            }
        }

        func waitUntilItRuns() async {
            await onThread { [state] in state.wait { $0.continuation == nil ? nil : () } }
        }

        var hadAnswer: Bool? { state.withLock { $0.hadAnswer } }
    }

    @Test(
        "are cancelled before the client knows, so that it meets no later effect, and are answered all the same",
        arguments: [true, false])
    func cancelledFirst(isUrgent: Bool) async throws {
        let (requests, answers) = (try Pipe(), try Pipe())
        let cancelled = CancelledCall(answers: answers)
        let method = Method.grouped(
            "waiting", footprint: Footprint(writes: 1), isUrgent: isUrgent,
            decode: { (_, _) throws(Failure) in },
            call: { group in
                await cancelled.run()
                return group.map { .success(0) }
            },
            failure: { (failure: Failure) in failure }, write: { (result: Int, writer) in writer.number(result) })
        let connection = try Connection(
            input: requests.readEnd, output: answers.writeEnd,
            methods: MethodTable([.init(method, schema: anySchema(), summary: "Nothing.")]))
        async let ending = connection.serve()
        await requests.write(Array((#"{"jsonrpc":"2.0","id":1,"method":"waiting"}"# + "\n").utf8))
        await cancelled.waitUntilItRuns()
        await requests.write(
            Array((#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"# + "\n").utf8))
        requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        answers.closeWriteEnd()
        let lines = await answers.read().lines
        #expect(lines.count == 1 && lines.first?.contains("request_cancelled") == true)
        #expect(cancelled.hadAnswer == false)
        requests.closeReadEnd()
        answers.closeReadEnd()
    }
}
