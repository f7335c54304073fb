import Testing
import Transcripts

/// `creditd call`: one question, one answer, an exit code for scripts.
@Suite("creditd call")
struct CallTests {
    private let scratch: ScratchFolder
    private let event = """
        {"cpf":"52998224725","kind":"movement","occurredAt":"2026-11-21T00:00:00Z","eventId":"c-1",\
        "direction":"credit","amountCents":1,"channel":"pix"}
        """

    init() throws {
        scratch = try ScratchFolder()
    }

    private func call(_ arguments: String..., input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["call"] + arguments, in: scratch).finish(writing: Array(input.utf8))
    }

    @Test("a result goes to stdout, and the exit code is 0")
    func result() throws {
        let outcome = try call("system.ping")
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.text == "\"pong\"\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test("a call reads what the call before wrote")
    func writes() throws {
        #expect(try call("event.record", event).exitReason == .exited(0))
        let outcome = try call("event.latest", #"{"cpf":"529.982.247-25"}"#)
        #expect(try Tree(outcome.output)["movement"]?["eventId"]?.string == "c-1")
    }

    @Test("an error goes to stderr, and the exit code is 1")
    func error() throws {
        let outcome = try call("person.get", #"{"cpf":"52998224725","purpose":"credit_protection"}"#)
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.output.isEmpty)
        let error = try Tree(outcome.errors)
        #expect(error["code"] == .number("1001"))
        #expect(error["data"]?["reason"]?.string == "not_found")
    }

    @Test(
        "bad params and an unknown method give an error and the exit code 1",
        arguments: [
            (["event.latest", #"{"cpf":"1"}"#], "-32602"), (["event.latest"], "-32602"), (["system.nope"], "-32601"),
            (["system.ping", "1"], "-32600"),
        ])
    func protocolErrors(arguments: [String], code: String) throws {
        let outcome = try ChildProcess.creditd(["call"] + arguments, in: scratch).finish()
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.output.isEmpty)
        #expect(try Tree(outcome.errors)["code"] == .number(code))
    }

    @Test("with - the params are read from stdin, even over several lines")
    func paramsFromInput() throws {
        let outcome = try call("event.record", "-", input: event.replacing(",", with: ",\r\n  ") + "\n")
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(try Tree(outcome.output)["recorded"] == .bool(true))
    }

    @Test("params that are not JSON are wrong usage", arguments: ["{", "", "{} {}", "{'a':1}"])
    func brokenParams(params: String) throws {
        #expect(try call("system.echo", params).exitReason == .exited(64))
        #expect(try call("system.echo", "-", input: params).exitReason == .exited(64))
    }

    @Test("numbers and strings pass through a call unchanged")
    func echo() throws {
        let outcome = try call("system.echo", #"[0.10,1e400,-0,"\u0061 é"]"#)
        #expect(try Tree(outcome.output) == Tree(Array(#"[0.10,1e400,-0,"a é"]"#.utf8)))
    }

    @Test("a large answer arrives whole")
    func largeAnswer() throws {
        let params = "[" + (1...20_000).map { "\($0)" }.joined(separator: ",") + "]"
        let outcome = try call("system.echo", "-", input: params)
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.text == params + "\n")
    }

    @Test("a call whose stdout was closed by its reader ends with 74")
    func outputClosed() throws {
        let process = try ChildProcess.creditd(["call", "rpc.discover", "-"], in: scratch)
        process.output.close()
        process.write("{}")
        process.input.end()
        #expect(process.waitForExit() == .exited(74))
    }

    @Test("a call with a store that cannot be used ends with 69")
    func noStore() throws {
        let file = try scratch.write(text: "", to: "file")
        let outcome = try ChildProcess.creditd(["call", "system.ping"], home: "\(file)/home", in: scratch).finish()
        #expect(outcome.exitReason == .exited(69))
        #expect(outcome.output.isEmpty)
    }
}
