import Foundation
import Glibc
import Testing
import Transcripts

/// What an assistant is answered while stores are down or not open yet, and how its session ends.
@Suite("The start and the end of a session of the Model Context Protocol")
struct MCPStartTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static let initialize =
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
    private static let list = #"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#
    private static let call = """
        {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"person_get","arguments":{"cpf":"52998224725",\
        "purpose":"credit_protection"}}}
        """
    private static let meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{}}
        """
    private static let listen =
        #"{"jsonrpc":"2.0","id":4,"method":"subscriptions/listen","params":{"notifications":{},\#(meta)}}"#
    private static let plain = #"{"jsonrpc":"2.0","id":5,"method":"system.ping"}"#

    private func serve(_ lines: [String], _ arguments: [String] = []) throws -> ChildProcess.Outcome {
        try ChildProcess.serve(Array(lines.map { $0 + "\n" }.joined().utf8), arguments + ["--ordered"], in: scratch)
    }

    @Test("a store that is down is a failed call for an assistant, and a refusal to start for others")
    func deadStore() throws {
        _ = try ChildProcess.creditd(["keys", "init"], in: scratch).finish()
        let arguments = ["--role", "owner", "--base-a", "postgresql://127.0.0.1:1/none"]
        let served = try serve([Self.initialize, Self.list, Self.call, Self.plain], arguments)
        #expect(served.exitReason == .exited(0), "\(served.errorText)")
        let answers = try Responses(served.output)
        #expect(answers.all.count == 4)
        #expect(answers.result("3")?["isError"] == .bool(true))
        #expect(answers.result("3")?["content"]?.elements.first?["text"]?.string?.contains("(1005)") == true)
        #expect(answers.result("5")?.string == "pong")
        for lines in [[], [Self.plain, Self.initialize], ["{"], ["[]", Self.initialize]] {
            let refused = try serve(lines, arguments)
            #expect(refused.exitReason == .exited(69), "\(lines)")
            #expect(refused.output.isEmpty, "\(refused.text)")
        }
    }

    @Test("an assistant is told why the start has failed until it ends its input, and the exit code tells it too")
    func failedStart() throws {
        let cases: [(arguments: [String], status: Int32, reason: String)] = [
            (["--role", "owner", "--base-c", "redis://127.0.0.1:1"], 69, "no key ring"),
            (["--base-c", "redis://127.0.0.1:1"], 64, "need a role"),
            (["--schema", "/none"], 78, "schema"),
            (["--metrics-file", "/none/x"], 64, ".prom"),
        ]
        for (arguments, status, reason) in cases {
            let child = try ChildProcess.creditd(arguments, in: scratch)
            child.write([Self.initialize, Self.call].map { $0 + "\n" }.joined())
            #expect(child.read(lines: 2), "\(arguments)")
            child.write([Self.call.replacing(#""id":3"#, with: #""id":4"#), Self.plain].map { $0 + "\n" }.joined())
            let outcome = child.finish()
            #expect(outcome.exitReason == .exited(status), "\(outcome.errorText)")
            #expect(outcome.errorText.contains("cannot start") && outcome.errorText.contains(reason))
            let answers = try Responses(outcome.output)
            #expect(answers.result("1")?["serverInfo"] != nil)
            for id in ["3", "4"] {
                #expect(answers.result(id)?["isError"] == .bool(true))
                let text = answers.result(id)?["content"]?.elements.first?["text"]?.string
                #expect(text?.contains("cannot_start") == true && text?.contains(reason) == true, "\(outcome.text)")
            }
            #expect(answers.byID["5"]?["error"]?["code"] == .number("-32603"))
        }
    }

    @Test("a deletion whose arguments are wrong is refused before the user is asked")
    func wrongDeletion() throws {
        let arguments = [
            ("person_delete", #""cpf":"52998224725","expectedVersion":"x""#),
            ("event_remove", #""cpf":"nonsense","eventId":"a""#),
        ]
        let greeting = Self.initialize.replacing(#""capabilities":{}"#, with: #""capabilities":{"elicitation":{}}"#)
        let calls = arguments.enumerated().map { index, call in
            let params = #""name":"\#(call.0)","arguments":{\#(call.1)}"#
            return #"{"jsonrpc":"2.0","id":\#(index + 2),"method":"tools/call","params":{\#(params)}}"#
        }
        let child = try ChildProcess.creditd(["--mcp-tools", "write"], in: scratch)
        child.write(([greeting] + calls).map { $0 + "\n" }.joined())
        let outcome = child.finish()
        let answers = try Responses(outcome.output)
        for id in ["2", "3"] {
            let text = answers.result(id)?["content"]?.elements.first?["text"]?.string
            #expect(text?.contains("-32602") == true, "\(outcome.text)")
        }
    }

    @Test("a store that does not answer delays neither the greeting nor the end")
    func silentStore() throws {
        _ = try ChildProcess.creditd(["keys", "init"], in: scratch).finish()
        let silence = try Silence()
        defer { silence.end() }
        let child = try ChildProcess.creditd(
            ["--role", "owner", "--base-a", "postgresql://127.0.0.1:\(silence.port)/none"], in: scratch)
        child.write([Self.initialize, Self.list, Self.listen].map { $0 + "\n" }.joined())
        #expect(child.read(lines: 3))
        let outcome = child.finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(
            outcome.text.split(separator: "\n").last?.contains(#""id":4,"result":{"resultType":"complete""#) == true)
    }

    @Test("an open subscription does not hold the daemon, and is completed")
    func openSubscription() throws {
        let outcome = try serve([Self.listen, Self.plain])
        #expect(outcome.exitReason == .exited(0))
        let lines = outcome.text.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].contains("notifications/subscriptions/acknowledged") && lines[1].contains("pong"))
        #expect(lines[2].contains(#""id":4,"result":{"resultType":"complete""#))
    }

    @Test("a plain notification that comes first is served")
    func plainNotification() throws {
        let record = """
            {"jsonrpc":"2.0","method":"event.record","params":{"cpf":"52998224725","kind":"bureau_query",\
            "occurredAt":"2026-01-01T00:00:00Z","bureau":"b","requester":"r"}}
            """
        let read = #"{"jsonrpc":"2.0","id":1,"method":"event.latest","params":{"cpf":"52998224725"}}"#
        let answers = try Responses(try serve([record, read]).output)
        #expect(answers.result("1")?["bureau_query"]?["bureau"]?.string == "b")
    }

    @Test("plain requests and those of both eras share one stdin")
    func mixed() throws {
        let stateless = Self.call.replacing(#""id":3"#, with: #""id":6"#)
            .replacing(#""params":{"#, with: #""params":{\#(Self.meta),"#)
        let plainRead = """
            {"jsonrpc":"2.0","id":7,"method":"person.get","params":{"cpf":"52998224725",\
            "purpose":"credit_protection"}}
            """
        let batch = "[\(Self.call.replacing(#""id":3"#, with: #""id":8"#)),\(plainRead)]"
        let outcome = try serve([
            Self.plain, stateless, Self.initialize, Self.call, plainRead.replacing(#""id":7"#, with: #""id":9"#), batch,
            #"{"jsonrpc":"2.0","id":10,"method":"person.get","params":{"_meta":{}}}"#,
        ])
        #expect(outcome.exitReason == .exited(0))
        let answers = try Responses(outcome.output)
        #expect(answers.all.count == 7)
        #expect(answers.result("6")?["resultType"]?.string == "complete")
        #expect(answers.result("3")?["isError"] == .bool(true) && answers.result("3")?["resultType"] == nil)
        #expect(answers.byID["9"]?["error"]?["code"] == .number("1001"))
        let items = answers.all[5].elements
        try #require(items.count == 2)
        #expect(items[0]["result"]?["isError"] == .bool(true) && items[1]["error"]?["code"] == .number("1001"))
        #expect(answers.byID["10"]?["error"]?["code"] == .number("-32602"))
    }
}

/// A server that takes connections and never says anything.
private struct Silence {
    struct NoSocket: Error {}

    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    func end() { close(descriptor) }
}
