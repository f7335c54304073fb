import JSON
import Platform
import Testing

@testable import JSONRPC

@Suite("Numbers of calls", .timeLimit(.minutes(1)))
struct CallMetricsTests {
    private let gate = Gate()
    private let cancel = #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#

    /// The methods `gated` and `echo`, which nobody else calls.
    private func table() throws -> MethodTable {
        let schema = try anySchema()
        let echo = Method.immediate("echo", takesArrays: true) { params, writer in writer.value(params) }
        return MethodTable([Method.gated(gate), echo].map { .init($0, schema: schema) })
    }

    private func counts(_ table: MethodTable) -> [String: MethodCounts] {
        Dictionary(uniqueKeysWithValues: table.metrics.counts.map { ($0.method, $0.counts) })
    }

    /// Serves lines whose calls do not wait, and returns the numbers.
    private func counts(_ lines: String...) async throws -> [String: MethodCounts] {
        let table = try table()
        _ = try await Exchange.run(lines.flatMap { Array(($0 + "\n").utf8) }, methods: table)
        return counts(table)
    }

    @Test("each call of a batch counts, and so does a notification")
    func batches() async throws {
        let calls = (1...3).map { gated($0, subject: $0, waits: false) }
        let notification = #"{"jsonrpc":"2.0","method":"gated","params":{"subject":9,"waits":false}}"#
        let batch = "[" + (calls + [notification]).joined(separator: ",") + "]"
        let counts = try await counts(batch, gated(4, subject: 4, waits: false))
        #expect(counts["gated"]?.calls == 5)
        #expect(counts["gated"]?.inFlight == 0)
        #expect(counts["gated"]?.errors == [:])
        let bytes = (calls + [notification, calls[0]]).map(\.utf8.count).reduce(0, +)
        #expect(counts["gated"]?.requestBytes == bytes)
        #expect(counts["gated"]?.queueTime.count == 5)
        #expect(counts["gated"]?.serviceTime.count == 5)
    }

    @Test("calls that are answered at once count with the bytes of their answers")
    func immediate() async throws {
        let echo = #"{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}"#
        let counts = try await counts(echo, "[\(echo),\(echo)]", #"{"jsonrpc":"2.0","method":"echo"}"#)
        #expect(counts["echo"]?.calls == 4)
        let answer = #"{"jsonrpc":"2.0","id":1,"result":[1]}"#
        #expect(counts["echo"]?.responseBytes == 3 * answer.utf8.count + 1)
        #expect(counts["echo"]?.queueTime.count == 0)
    }

    @Test("what is refused counts as an error of its method, or of no method")
    func errors() async throws {
        let counts = try await counts(
            "nope", "[]", #"{"jsonrpc":"2.0","id":1,"method":"nope"}"#, #"{"jsonrpc":"2.0","id":1,"method":1}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"gated","params":{}}"#,
            #"{"jsonrpc":"2.0","method":"gated","params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"echo","meta":{"nope":1}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"echo","nope":1}"#)
        #expect(
            counts[CallMetrics.otherName]?.errors.byReason == [
                "unexpected_byte": 1, "empty_batch": 1, "wrong_method_type": 1, "method_not_found": 1,
            ])
        #expect(counts[CallMetrics.otherName]?.calls == 4)
        #expect(counts["gated"]?.errors.byReason == ["invalid_params": 2])
        #expect(counts["gated"]?.calls == 2)
        #expect(counts["echo"]?.errors.byReason == ["unknown_member": 2])
    }

    @Test("a failure inside a group counts once, whether or not its client is told")
    func failures() async throws {
        let table = try MethodTable(ledger: Ledger(seed: 1), callsInGroup: 512)
        let lines = [#""id":1,"#, #""id":2,"#, ""].enumerated().map { index, id in
            // A value that is divisible by 13 fails.
            #"{"jsonrpc":"2.0",\#(id)"method":"first.add","params":{"subject":\#(index),"value":\#(index * 13)}}"#
        }
        _ = try await Exchange.run(lines.flatMap { Array(($0 + "\n").utf8) }, methods: table)
        #expect(counts(table)["first.add"]?.errors.byReason == ["not_found": 2])
        #expect(counts(table)["first.add"]?.calls == 3)
    }

    @Test("a call is in flight until its group ends, and a cancelled one counts as an error")
    func cancelled() async throws {
        let table = try table()
        let exchange = try Exchange(table)
        async let ending = exchange.serve()
        await exchange.send(gated(1, subject: 1), gated(2, subject: 2))
        await gate.waitUntilInside(2)
        #expect(counts(table)["gated"]?.inFlight == 2)
        await exchange.send(cancel)
        _ = await exchange.read(1)
        #expect(counts(table)["gated"]?.errors.byReason == ["request_cancelled": 1])
        await gate.open()
        _ = await exchange.read(1)
        #expect(counts(table)["gated"]?.inFlight == 0)
        #expect(counts(table)["gated"]?.errors.byReason == ["request_cancelled": 1])
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        exchange.answers.closeReadEnd()
    }

    @Test("a late call counts as an error, and its group ends nevertheless")
    func late() async throws {
        let table = try table()
        let exchange = try Exchange(table)
        async let ending = exchange.serve()
        await exchange.send(gated(1, subject: 1, meta: #"{"deadlineMs":1}"#))
        _ = await exchange.read(1)
        #expect(counts(table)["gated"]?.errors.byReason == ["deadline_exceeded": 1])
        await gate.open()
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        #expect(counts(table)["gated"]?.inFlight == 0)
        exchange.answers.closeReadEnd()
    }

    @Test("reasons beyond the most that are counted apart count under their codes'")
    func bounded() {
        var counts = MethodCounts()
        for number in 0..<500 { counts.failed(FailureKind(.internalError, reason: "reason_\(number)")) }
        #expect(counts.errors.count == MethodCounts.maximumKinds + 1)
        #expect(counts.errors[FailureKind(.internalError)] == 500 - MethodCounts.maximumKinds)
    }
}

extension [FailureKind: Int] {
    fileprivate var byReason: [String: Int] {
        [String: Int](map { ($0.key.reason, $0.value) }, uniquingKeysWith: +)
    }
}

@Suite("Observed calls", .timeLimit(.minutes(1)))
struct CallObserverTests {
    /// Keeps what it is told.
    private final class Observer: CallObserver {
        let wantsAll: Bool
        let slowTime: Duration?
        let reports = Monitor<[CallReport]>([])

        init(wantsAll: Bool = false, slowTime: Duration? = nil) {
            self.wantsAll = wantsAll
            self.slowTime = slowTime
        }

        func report(_ call: CallReport) { reports.update { $0.append(call) } }
    }

    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func reports(_ observer: Observer, _ lines: String...) async throws -> [CallReport] {
        let requests = try Pipe()
        let answers = try Pipe()
        let connection = try Connection(
            input: requests.readEnd, output: answers.writeEnd, methods: try MethodTable(gate: Gate()),
            observer: observer)
        await requests.write(lines.flatMap { Array(($0 + "\n").utf8) })
        requests.closeWriteEnd()
        async let received = answers.read()
        #expect(try await connection.serve() == .endOfInput)
        answers.closeWriteEnd()
        _ = await received
        answers.closeReadEnd()
        requests.closeReadEnd()
        return observer.reports.withLock { $0 }
    }

    @Test("only failed and traced calls are told, each with its own trace")
    func tellsFew() async throws {
        let meta = #"{"traceparent":"\#(Self.trace)"}"#
        let reports = try await reports(
            Observer(), gated(1, subject: 1, waits: false), gated(2, subject: 2, waits: false, meta: meta),
            gated(3, subject: 403, waits: false), #"{"jsonrpc":"2.0","id":4,"method":"nope","meta":\#(meta)}"#,
            #"{"jsonrpc":"2.0","id":5,"method":"echo","meta":\#(meta)}"#, #"{"jsonrpc":"2.0","id":6,"method":"echo"}"#)
        let told = reports.map { "\($0.method) \($0.error?.reason ?? "ok") \($0.trace != nil)" }.sorted()
        #expect(told == ["_OTHER method_not_found true", "echo ok true", "gated ok true"])
        #expect(reports.allSatisfy { $0.trace.map { $0.description == Self.trace } ?? true })
    }

    @Test("each call of a slow group is told, and every call to an observer of all")
    func tellsMany() async throws {
        let lines = (gated(1, subject: 1, waits: false), gated(2, subject: 2, waits: false))
        let echo = #"{"jsonrpc":"2.0","id":3,"method":"echo"}"#
        #expect(try await reports(Observer(slowTime: .zero), lines.0, lines.1, echo).count == 2)
        #expect(try await reports(Observer(slowTime: .seconds(3600)), lines.0, lines.1, echo).isEmpty)
        #expect(try await reports(Observer(wantsAll: true), lines.0, lines.1, echo).count == 3)
    }

    @Test(
        "a call that is answered ahead while it runs is told once, with its time in service", arguments: [true, false])
    func tellsOnce(isLate: Bool) async throws {
        let gate = Gate()
        let observer = Observer(wantsAll: true, slowTime: .zero)
        let requests = try Pipe()
        let answers = try Pipe()
        let connection = try Connection(
            input: requests.readEnd, output: answers.writeEnd, methods: try MethodTable(gate: gate),
            observer: observer)
        async let ending = connection.serve()
        let meta = #"{"traceparent":"\#(Self.trace)"\#(isLate ? #","deadlineMs":2000"# : "")}"#
        await requests.write(
            [gated(1, subject: 1, meta: meta), gated(2, subject: 2)].flatMap { Array(($0 + "\n").utf8) })
        await gate.waitUntilInside(2)
        if !isLate {
            let cancel = #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"# + "\n"
            await requests.write(Array(cancel.utf8))
        }
        let told = await OSThread.run {
            observer.reports.wait(until: .now + .seconds(20)) { $0.first }
        }
        let early = try #require(told ?? nil)
        #expect(early.error == FailureKind(isLate ? .deadlineExceeded : .requestCancelled))
        #expect(early.serviceTime > .zero && early.trace != nil)
        await gate.open()
        requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        let all = observer.reports.withLock { $0 }
        #expect(all.count == 2)
        #expect(all.last?.error == nil && all.last?.trace == nil)
        for pipe in [requests, answers] { pipe.closeReadEnd() }
        answers.closeWriteEnd()
    }

    @Test(
        "a malformed traceparent is ignored, and never refused",
        arguments: [
            "1", "null", #""""#, #""00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331""#, "[{}]",
            #""00-00000000000000000000000000000000-b7ad6b7169203331-01""#,
        ])
    func malformed(value: String) async throws {
        let meta = #"{"traceparent":\#(value),"tracestate":"a=b"}"#
        #expect(try await reports(Observer(), gated(1, subject: 1, waits: false, meta: meta)).isEmpty)
    }
}
