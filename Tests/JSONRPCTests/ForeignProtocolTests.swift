import JSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite("Another protocol on the same stream", .timeLimit(.minutes(1)))
struct ForeignProtocolTests {
    private let gate = Gate()

    /// Serves requests whose calls wait at the gate while `client` talks, then opens it and ends the input. Returns the
    /// lines that `client` has not read.
    private func serve(
        isOrdered: Bool = false, awaiting: AwaitedMethods? = nil, _ client: (Exchange) async throws -> Void
    ) async throws -> [String] {
        let table = try MethodTable(gate: gate)
        let exchange = try Exchange(table, foreign: Calls(), isOrdered: isOrdered, awaiting: awaiting)
        async let ending = exchange.serve()
        try await client(exchange)
        await gate.open()
        exchange.requests.closeWriteEnd()
        let lines = await exchange.answers.read().lines
        #expect(try await ending == .endOfInput)
        exchange.answers.closeReadEnd()
        return lines
    }

    private func send(_ exchange: Exchange, _ lines: String...) async {
        await exchange.requests.write(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    private func foreign(_ id: Int, subject: Int, token: String? = nil, members: String = "") -> String {
        let meta = token.map { #","meta":{"workDoneToken":\#($0)}"# } ?? ""
        let params = #"{"method":"gated","params":{"subject":\#(subject)}\#(meta)}"#
        return #"{"jsonrpc":"2.0","id":\#(id),"method":"do/call","params":\#(params)\#(members)}"#
    }

    private func cancel(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","method":"do/cancel","params":{"id":\#(id)}}"#
    }

    private func wrapped(_ id: Int, _ subject: Int) -> String {
        #"{"wrapped":{"jsonrpc":"2.0","id":\#(id),"result":\#(subject)}}"#
    }

    private func plain(_ id: Int, _ subject: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":\#(subject)}"# }

    @Test("a foreign request becomes a call, and its response is translated, whatever members surround it")
    func translates() async throws {
        let lines = try await serve { exchange in
            await send(
                exchange, foreign(1, subject: 1), gated(2, subject: 2), foreign(3, subject: 3, members: #","x":1"#))
            await gate.waitUntilInside(3)
        }
        #expect(Set(lines) == [wrapped(1, 1), plain(2, 2), wrapped(3, 3)])
    }

    @Test("a plain request still has no unknown members, and no method of the other protocol's kind")
    func plainStaysClosed() async throws {
        let lines = try await serve(isOrdered: true) { exchange in
            await send(
                exchange, #"{"jsonrpc":"2.0","id":1,"method":"echo","x":1}"#,
                #"{"jsonrpc":"2.0","id":2,"method":"do/nothing","x":1}"#,
                #"{"jsonrpc":"2.0","id":3,"method":"do/nothing"}"#)
        }
        #expect(lines.map { $0.contains("-32600") } == [true, true, false])
        #expect(lines.last?.contains("-32601") == true)
    }

    @Test(
        "a cancelled foreign call has no answer and no more progress; a plain one is answered",
        arguments: [false, true])
    func cancels(isOrdered: Bool) async throws {
        let lines = try await serve(isOrdered: isOrdered) { exchange in
            await send(exchange, foreign(1, subject: 1, token: "7"), gated(2, subject: 2), gated(3, subject: 3))
            await gate.waitUntilInside(3)
            // The last call is read after the cancellations, so that they are done when it runs.
            await send(exchange, cancel(1), cancel(2), cancel(9), gated(4, subject: 4))
            await gate.waitUntilInside(4)
        }
        let progress = lines.filter { $0.contains("notifications/progress") }
        #expect(progress.map { $0.contains(#""progressToken":7,"progress":2"#) } == [false, false])
        #expect(!lines.contains { $0.contains(#""id":1"#) })
        #expect(lines.contains { $0.contains(#""id":2,"error":{"code":-32800"#) })
        #expect(lines.contains(plain(3, 3)))
    }

    @Test("a call that is cancelled inside its batch leaves one answer fewer")
    func cancelsInBatch() async throws {
        let lines = try await serve { exchange in
            let items = [foreign(1, subject: 1), foreign(2, subject: 2), cancel(1)]
            await send(exchange, "[\(items.joined(separator: ","))]", "[\(foreign(3, subject: 3)),\(cancel(3))]")
            await gate.waitUntilInside(1)
        }
        #expect(lines == ["[\(wrapped(2, 2))]"])
    }

    @Test("progress counts up, and ends before the answer")
    func progress() async throws {
        let lines = try await serve { exchange in
            await send(exchange, foreign(1, subject: 1, token: #""t""#))
            await gate.waitUntilInside(1)
        }
        let counts = lines.dropLast().map { $0.firstMatch(of: /"progressToken":"t","progress":(\d)/)?.1 }
        #expect(counts == ["0", "1", "2"])
        #expect(lines.last == wrapped(1, 1))
    }

    @Test("a response of the client reaches the protocol, and what is open ends with the input")
    func takesResponses() async throws {
        let lines = try await serve { exchange in
            await send(exchange, #"{"jsonrpc":"2.0","id":"ours","result":{}}"#)
        }
        #expect(lines == [#"{"took":"ours"}"#, #"{"finished":true}"#])
    }

    @Test("before the methods are there, foreign messages are answered, and others wait")
    func answersEarly() async throws {
        let awaited = try #require(AwaitedMethods())
        let lines = try await serve(isOrdered: true, awaiting: awaited) { exchange in
            await send(exchange, #"{"jsonrpc":"2.0","id":1,"method":"do/ping"}"#)
            #expect(await exchange.answers.read(lines: 1).lines == [#"{"pong":1}"#])
            #expect(awaited.hasForeignClient(within: .zero))
            await send(exchange, foreign(2, subject: 2), foreign(4, subject: 4), cancel(4))
            await send(exchange, #"{"jsonrpc":"2.0","id":5,"method":"do/ping"}"#, "{", gated(3, subject: 3))
            awaited.provide(try MethodTable(gate: gate))
            await gate.waitUntilInside(2)
        }
        try #require(lines.count == 5)
        #expect(lines[0] == wrapped(2, 2) && lines[1] == #"{"pong":1}"#)
        #expect(lines[2].contains("-32700") && lines[3] == plain(3, 3))
    }

    @Test("calls that came before the methods are served when these are there, without further input")
    func servesEarlyCalls() async throws {
        let awaited = try #require(AwaitedMethods())
        await gate.open()
        let lines = try await serve(awaiting: awaited) { exchange in
            await send(exchange, foreign(1, subject: 1), #"{"jsonrpc":"2.0","id":2,"method":"do/ping"}"#)
            #expect(await exchange.answers.read(lines: 1).lines == [#"{"pong":1}"#])
            awaited.provide(try MethodTable(gate: gate))
            #expect(await exchange.answers.read(lines: 1).lines == [wrapped(1, 1)])
        }
        #expect(lines == [#"{"finished":true}"#])
    }

    @Test("a start that fails has nothing answered, and is known as that of a plain client")
    func failedStart() async throws {
        let awaited = try #require(AwaitedMethods())
        let lines = try await serve(awaiting: awaited) { exchange in
            await send(exchange, "{", gated(1, subject: 1))
            #expect(!awaited.hasForeignClient(within: .seconds(60)))
            awaited.withhold()
        }
        #expect(lines.isEmpty)
    }
}

/// A protocol that wraps the plain one: `do/call` has a plain request as its params.
private final class Calls: ForeignProtocol {
    private let wantsEnd = Mutex(false)

    func take(_ call: ForeignCall) -> [ForeignAct]? {
        if call.method.equals("do/ping") {
            wantsEnd.withLock { $0 = true }
            return [.answer(call.reply, Array(#"{"pong":1}"#.utf8), isError: false)]
        }
        if call.method.equals("do/cancel") { return [.cancel(id: text(call.params?["id"]))] }
        guard call.method.equals("do/call"), let params = call.params else { return nil }
        var text = Writer()
        text.object { request in
            request.key("jsonrpc")
            request.string("2.0")
            request.key("id")
            call.reply.id.withUnsafeBufferPointer { request.verbatim($0) }
            for member in params.members {
                request.key(member.key.string ?? "")
                request.value(member.value)
            }
        }
        return [
            .call(
                ForeignRequest(reply: call.reply, text: text.take()) { response in
                    Array(#"{"wrapped":"#.utf8) + response + Array("}".utf8)
                })
        ]
    }

    func take(response: Value) -> [ForeignAct] {
        wantsEnd.withLock { $0 = true }
        return [.send(Array(#"{"took":"#.utf8) + text(response["id"]) + Array("}".utf8))]
    }

    private func text(_ value: Value?) -> [UInt8] { value.map { Array($0.rawText) } ?? [] }

    func finish() -> [ForeignAct] {
        wantsEnd.withLock(\.self) ? [.conclude(Array(#"{"finished":true}"#.utf8))] : []
    }
}
