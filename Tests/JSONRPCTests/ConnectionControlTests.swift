import Testing

@testable import JSONRPC

@Suite("Control of running calls", .timeLimit(.minutes(1)))
struct ConnectionControlTests {
    private let gate = Gate()

    /// Serves a connection whose calls wait at the gate while `client` talks to it. Then opens the gate, ends the input
    /// and returns the responses that `client` has not read.
    private func serve(
        _ limits: Limits = Limits(), isOrdered: Bool = false, isUrgent: Bool = false,
        _ client: (Exchange) async throws -> Void
    ) async throws -> [String] {
        let exchange = try Exchange(
            try MethodTable(gate: gate, isUrgent: isUrgent), limits: limits, isOrdered: isOrdered)
        async let ending = exchange.serve()
        try await client(exchange)
        await gate.open()
        exchange.requests.closeWriteEnd()
        let lines = await exchange.answers.read().lines.map(\.inShort)
        #expect(try await ending == .endOfInput)
        exchange.answers.closeReadEnd()
        return lines
    }

    private func cancel(_ id: String) -> String {
        #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(id)}}"#
    }

    private func error(_ id: Int, _ code: Int, _ reason: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"reason":"\#(reason)"}}"#
    }

    @Test("the first of several urgent calls that arrive together starts alone", arguments: [true, false])
    func startsFirstAtOnce(isUrgent: Bool) async throws {
        let rest = try await serve(isUrgent: isUrgent) { exchange in
            await exchange.send(gated(1, subject: 1), gated(2, subject: 2), gated(3, subject: 3))
            await gate.waitUntilInside(3)
            await exchange.send(gated(4, subject: 4), gated(5, subject: 5))
            await gate.waitUntilInside(5)
        }
        #expect(Set(rest) == Set((1...5).map { result($0, $0) }))
        #expect(await Set(gate.groups) == (isUrgent ? [[1], [2, 3], [4, 5]] : [[1, 2, 3], [4, 5]]))
    }

    @Test("a running call that is cancelled is answered at once, and only once")
    func cancelsRunning() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 1))
            await gate.waitUntilInside(1)
            await exchange.send(cancel("1"), cancel("1"), cancel("2"), cancel("null"), cancel(#""1""#))
            #expect(await exchange.read(1) == [error(1, -32800, "request_cancelled")])
        }
        #expect(rest.isEmpty)
    }

    @Test("a queued call that is cancelled never runs, and those after it do")
    func cancelsQueued() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 7))
            await gate.waitUntilInside(1)
            // Both wait for the first, which is about the same subject.
            await exchange.send(gated(2, subject: 7), gated(3, subject: 7), cancel("2"))
            #expect(await exchange.read(1) == [error(2, -32800, "request_cancelled")])
        }
        #expect(rest == [result(1, 7), result(3, 7)])
        #expect(await gate.entered == [7, 7])
    }

    @Test("a cancelled call of a batch is answered in its place, and the others are unaffected")
    func cancelsInBatch() async throws {
        let rest = try await serve { exchange in
            await exchange.send("[\(gated(1, subject: 1)),\(gated(2, subject: 2))]")
            await gate.waitUntilInside(2)
            // The echo comes back when the cancellation is read: only then may the gate be opened.
            await exchange.send(cancel("1"), #"{"jsonrpc":"2.0","id":3,"method":"echo"}"#)
            #expect(await exchange.read(1).count == 1)
        }
        #expect(rest == ["[" + error(1, -32800, "request_cancelled") + "," + result(2, 2) + "]"])
    }

    @Test("an id in flight is refused without harm to its call, and may be used again once the call is answered")
    func refusesDuplicates() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 1))
            await gate.waitUntilInside(1)
            let echo = #"{"jsonrpc":"2.0","id":1,"method":"echo"}"#
            await exchange.send(gated(1, subject: 2), echo)
            let refusal = error(1, -32600, "duplicate_id")
            #expect(await exchange.read(2) == [refusal, refusal])
            await exchange.send(#"{"jsonrpc":"2.0","id":"1","method":"echo"}"#)
            #expect(await exchange.read(1) == [#"{"jsonrpc":"2.0","id":"1","result":{}}"#])
            await gate.open()
            #expect(await exchange.read(1) == [result(1, 1)])
            await exchange.send(gated(1, subject: 3))
        }
        #expect(rest == [result(1, 3)])
    }

    @Test("null is no id to tell calls apart by")
    func allowsNulls() async throws {
        let line = #"{"jsonrpc":"2.0","id":null,"method":"gated","params":{"subject":1}}"#
        let rest = try await serve { exchange in
            await exchange.send(line)
            await gate.waitUntilInside(1)
            await exchange.send(line)
        }
        #expect(rest == Array(repeating: #"{"jsonrpc":"2.0","id":null,"result":1}"#, count: 2))
    }

    @Test("a call that passes its deadline is answered then, whether it runs or waits, and its neighbours are not")
    func passesDeadline() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 7), gated(2, subject: 8, meta: #"{"deadlineMs":40}"#))
            await gate.waitUntilInside(1)
            await exchange.send(gated(3, subject: 7, meta: #"{"deadlineMs":20}"#))
            let answers = await exchange.read(2)
            #expect(Set(answers) == [error(2, 1007, "deadline_exceeded"), error(3, 1007, "deadline_exceeded")])
        }
        #expect(rest == [result(1, 7)])
        #expect(await gate.entered.count { $0 == 7 } == 1)
    }

    @Test("the time limit for all holds for a call that gives none, and for one that gives a later one")
    func requestTimeout() async throws {
        var limits = Limits()
        limits.requestTimeoutMilliseconds = 30
        let rest = try await serve(limits) { exchange in
            await exchange.send(gated(1, subject: 1), gated(2, subject: 2, meta: #"{"deadlineMs":80000000}"#))
            let answers = await exchange.read(2)
            #expect(Set(answers) == [error(1, 1007, "deadline_exceeded"), error(2, 1007, "deadline_exceeded")])
        }
        #expect(rest.isEmpty)
    }

    @Test("nobody waits for a deadline at the end of the input")
    func endsBeforeDeadline() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 1, meta: #"{"deadlineMs":86400000}"#))
        }
        #expect(rest == [result(1, 1)])
    }

    @Test("a group's task is cancelled when all its calls are, and not before")
    func cancelsTask() async throws {
        let rest = try await serve { exchange in
            await exchange.send("\(gated(1, subject: 1))\n\(gated(2, subject: 2))")
            await gate.waitUntilInside(2)
            await exchange.send(cancel("1"))
            #expect(await exchange.read(1).count == 1)
            #expect(await gate.cancellations == 0)
            await exchange.send(cancel("2"))
            await gate.waitUntilCancelled()
        }
        #expect(rest == [error(2, -32800, "request_cancelled")])
    }

    @Test("progress begins when a call is accepted, is reported when it runs and ends before its response")
    func tellsProgress() async throws {
        let rest = try await serve { exchange in
            await exchange.send(
                gated(1, subject: 1, meta: #"{"workDoneToken":"t"}"#), gated(2, subject: 2),
                #"{"jsonrpc":"2.0","method":"gated","params":{"subject":3},"meta":{"workDoneToken":"n"}}"#)
            #expect(await exchange.read(2) == ["t begin", "t report"])
        }
        #expect(rest == ["t end", result(1, 1), result(2, 2)])
    }

    @Test("a call that is cancelled ends its progress before its error")
    func endsProgress() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 1), gated(2, subject: 1, meta: #"{"workDoneToken":5}"#))
            await gate.waitUntilInside(1)
            await exchange.send(cancel("2"))
            #expect(await exchange.read(3) == ["5 begin", "5 end", error(2, -32800, "request_cancelled")])
        }
        #expect(rest == [result(1, 1)])
    }

    @Test("when calls are refused, those above the limit are busy, and those that need no room are served")
    func refusesWhenBusy() async throws {
        var limits = Limits()
        limits.callsInFlight = 2
        limits.refusesWhenBusy = true
        let rest = try await serve(limits) { exchange in
            await exchange.send(gated(1, subject: 1), gated(2, subject: 2))
            await gate.waitUntilInside(2)
            await exchange.send(gated(3, subject: 3), #"{"jsonrpc":"2.0","id":4,"method":"echo"}"#, cancel("1"))
            let answers = await exchange.read(3)
            let expected = [
                error(3, 1009, "busy"), #"{"jsonrpc":"2.0","id":4,"result":{}}"#,
                error(1, -32800, "request_cancelled"),
            ]
            #expect(Set(answers) == Set(expected))
        }
        #expect(rest == [result(2, 2)])
    }

    @Test("a dry run validates, authorises and describes the call, and does not run it")
    func dryRun() async throws {
        let rest = try await serve { exchange in
            await exchange.send(
                gated(1, subject: 1, meta: #"{"dryRun":true}"#), gated(2, subject: 403, meta: #"{"dryRun":true}"#),
                #"{"jsonrpc":"2.0","id":3,"method":"echo","params":[1],"meta":{"dryRun":true}}"#)
        }
        #expect(
            rest == [
                result(1, plan: "gated", writes: #"["first"]"#), error(2, 1004, "forbidden"),
                result(3, plan: "echo", writes: "[]"),
            ])
        #expect(await gate.entered.isEmpty)
    }

    @Test("a dry run of a cancellation cancels nothing")
    func dryRunOfCancelling() async throws {
        let rest = try await serve { exchange in
            await exchange.send(gated(1, subject: 1))
            await gate.waitUntilInside(1)
            await exchange.send(
                #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1},"meta":{"dryRun":true}}"#,
                #"{"jsonrpc":"2.0","id":2,"method":"echo"}"#)
            // The echo comes back when the cancellation was read.
            #expect(await exchange.read(1).count == 1)
        }
        #expect(rest == [result(1, 1)])
    }

    private func result(_ id: Int, _ subject: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":\#(subject)}"#
    }

    private func result(_ id: Int, plan method: String, writes: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"dryRun":true,"method":"\#(method)","would":"Nothing.","#
            + #""reads":[],"writes":\#(writes)}}"#
    }
}

extension Exchange {
    func send(_ lines: String...) async {
        await requests.write(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// Reads so many lines in short: an error's code and reason, or a progress notification's token and kind.
    func read(_ count: Int) async -> [String] {
        await answers.read(lines: count).lines.map(\.inShort)
    }
}

extension String {
    fileprivate var inShort: String {
        if let match = firstMatch(of: /"token":"?(\w+)"?,"value":\{"kind":"(\w+)"/) { return "\(match.1) \(match.2)" }
        return replacing(/"message":"[^"]*","data":\{("reason":"\w+")[^}]*\}/) { "\($0.1)" }
    }
}
