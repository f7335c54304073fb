import Foundation
import Testing
import Transcripts

/// What an assistant sees over the Model Context Protocol, and what is recorded of it.
@Suite("Assistants")
struct AssistantTests {
    private static let opening = #"""
        {"jsonrpc":"2.0","id":"open","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
        {"jsonrpc":"2.0","method":"notifications/initialized"}

        """#

    private static func call(_ tool: String, _ arguments: String, id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
            + "\n"
    }

    private static let tools = [
        "person_get", "debt_list", "profile_get", "score_compute", "score_history", "event_latest", "event_history",
        "report_get",
    ]

    @Test("a model that asks for everybody of the sample by every tool sees no CPF, name, contact or street")
    func sample() throws {
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        var lines = Self.opening
        var count = 0
        // All of the sample in the repository; of the large one beside it, whose persons are made alike, the first.
        for cpf in sample.cpfs.prefix(100) {
            for tool in Self.tools {
                count += 1
                lines += Self.call(tool, #"{"cpf":"\#(cpf)"}"#, id: count)
            }
        }
        let outcome = try ChildProcess.serve(
            Array(lines.utf8),
            [
                "--mcp-purpose", "credit_application", "--mcp-requester", "Loja Exemplo", "--mcp-calls-per-minute",
                "100000", "--mcp-subjects-per-hour", "100000",
            ], in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answers = try Responses(outcome.output)
        #expect(answers.all.count == count + 1)
        let served = answers.byID.values.count { $0["result"]?["content"] != nil && $0["result"]?["isError"] == nil }
        #expect(served == count)
        // A result is JSON within a string, in which quotes are escaped.
        let seen = scratch.path("seen")
        try Data(outcome.output.filter { $0 != UInt8(ascii: "\\") }).write(to: URL(filePath: seen))
        let texts =
            PersonalTexts(of: sample).lines
            + sample.cpfs.flatMap { cpf in
                let parts = [cpf.prefix(3), cpf.dropFirst(3).prefix(3), cpf.dropFirst(6).prefix(3), cpf.suffix(2)]
                return [" ", "-", ".", "/"].map { parts.joined(separator: $0) } + ["\(cpf.prefix(9))-\(cpf.suffix(2))"]
            }
        let patterns = try scratch.write(lines: texts, to: "personal")
        try FileSearch(patterns, in: scratch).expectNothing(below: seen, "what a model sees")
    }

    @Test("accesses of assistants, and those that limits refuse, are told in the audit log")
    func audited() throws {
        let scratch = try ScratchFolder()
        let sample = try BureauSample.shared.get()
        let cpfs = Array(sample.cpfs.prefix(2))
        let creation = try #require(sample.requests.first { $0.method == "person.create" })
        #expect(try ChildProcess.serve(creation.line, in: scratch).exitReason == .exited(0))
        let lines =
            Self.opening + Self.call("person_get", #"{"cpf":"\#(cpfs[0])","purpose":"credit_protection"}"#, id: 1)
            + Self.call("person_get", #"{"cpf":"\#(cpfs[1])","purpose":"credit_protection"}"#, id: 2)
        let outcome = try ChildProcess.serve(
            Array(lines.utf8), ["--ordered", "--mcp-subjects-per-hour", "1", "--actor", "ana"], in: scratch)
        let answers = try Responses(outcome.output)
        #expect(answers.result("1")?["isError"] == nil)
        #expect(answers.result("2")?["isError"] == .bool(true))
        let list =
            #"{"jsonrpc":"2.0","id":1,"method":"audit.list","params":{"purpose":"legal_obligation","actor":"ana via mcp"}}"#
        let log = try Responses(ChildProcess.serve(Array((list + "\n").utf8), in: scratch).output)
        guard case .array(let records) = log.result("1")?["records"] else {
            Issue.record("no records: \(log.all)")
            return
        }
        #expect(Set(records.compactMap { $0["outcome"]?.string }) == ["granted", "denied"])
        #expect(records.allSatisfy { $0["method"]?.string == "person.get" && $0["base"]?.string == "A" })
    }

    @Test("a deletion that nobody agreed to is told in the audit log as denied")
    func unanswered() throws {
        let scratch = try ScratchFolder()
        let creation = try #require(BureauSample.shared.get().requests.first { $0.method == "person.create" })
        #expect(try ChildProcess.serve(creation.line, in: scratch).exitReason == .exited(0))
        let cpf = try BureauSample.shared.get().cpfs[0]
        let opening = Self.opening.replacing(#""capabilities":{}"#, with: #""capabilities":{"elicitation":{}}"#)
        let child = try ChildProcess.creditd(["--mcp-tools", "write", "--actor", "ana"], in: scratch)
        child.write(opening + Self.call("person_delete", #"{"cpf":"\#(cpf)"}"#, id: 1))
        #expect(child.read(lines: 2))
        #expect(child.finish().exitReason == .exited(0))
        let list =
            #"{"jsonrpc":"2.0","id":1,"method":"audit.list","params":{"purpose":"legal_obligation","actor":"ana via mcp"}}"#
        let log = try Responses(ChildProcess.serve(Array((list + "\n").utf8), in: scratch).output)
        let records = log.result("1")?["records"]?.elements ?? []
        #expect(records.contains { $0["method"]?.string == "person.delete" && $0["outcome"]?.string == "denied" })
    }

    @Test("settings for a client start this program on this home, and hold no secret")
    func settings() throws {
        let scratch = try ScratchFolder()
        let outcome = try ChildProcess.creditd(
            ["mcp", "config", "--mcp-purpose", "credit_application", "--mcp-reveal", "name,cpf"], in: scratch,
            environment: [
                "CREDITD_REDIS_PASSWORD": "s3cret", "CREDITD_BASE_A": "postgresql://u:s3cret@h/d",
                "CREDITD_ROLE": "owner",
            ]
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(!outcome.text.contains("s3cret") && !outcome.errorText.contains("s3cret"))
        #expect(outcome.errorText.contains("CREDITD_REDIS_PASSWORD") && outcome.errorText.contains("CREDITD_BASE_A"))
        let server = try #require(try Tree(Array(outcome.text.utf8))["mcpServers"]?["creditd"])
        #expect(server["command"]?.string?.hasPrefix("/") == true)
        #expect(server["env"] == .object([.init(key: "CREDITD_ROLE", value: .string("owner"))]))
        guard case .array(let arguments) = server["args"] else { return }
        #expect(
            arguments.compactMap(\.string) == [
                "serve", "--home", scratch.home, "--mcp-purpose", "credit_application", "--mcp-reveal", "cpf,name",
            ])
        let greeting = try ChildProcess.start(
            server["command"]?.string ?? "", arguments.compactMap(\.string), in: scratch
        ).finish(writing: Array(Self.opening.utf8))
        #expect(greeting.text.contains("serverInfo") && greeting.exitReason == .exited(0))
    }

    @Test(
        "wrong options of assistants are refused, and never repeated",
        arguments: [
            ["--mcp-reveal", "password"], ["--mcp-tools", "all"], ["--mcp-calls-per-minute", "0"],
            ["--mcp-purpose", "fraud_prevention", "--purpose", "debt_collection"],
            ["--mcp-requester", "Loja 52998224725"],
        ])
    func wrongOptions(_ arguments: [String]) throws {
        let outcome = try ChildProcess.serve([], arguments, in: ScratchFolder())
        #expect(outcome.exitReason == .exited(64))
        #expect(!outcome.errorText.contains("52998224725"))
    }

    @Test("settings hold absolute paths, and the options of serve as they are given")
    func absoluteSettings() throws {
        let scratch = try ScratchFolder()
        let outcome = try ChildProcess.creditd(
            [
                "mcp", "config", "--base-a", "sqlite:rel.db", "--metrics-file", "m.prom", "--log-level", "info",
                "--request-timeout", "5s", "--slow-call", "100ms", "--busy", "refuse", "--ordered", "--degraded",
            ], in: scratch,
            environment: ["CREDITD_BASE_B": "sqlite:b.db", "CREDITD_METRICS_FILE": "n.prom"]
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let server = try #require(try Tree(Array(outcome.text.utf8))["mcpServers"]?["creditd"])
        guard case .array(let list) = server["args"] else { return }
        let arguments = list.compactMap(\.string)
        #expect(arguments.contains { $0.hasPrefix("sqlite:/") && $0.hasSuffix("/rel.db") })
        #expect(arguments.contains { $0.hasPrefix("/") && $0.hasSuffix("/m.prom") })
        for option in ["--log-level", "--request-timeout", "--slow-call", "--busy", "--ordered", "--degraded"] {
            #expect(arguments.contains(option))
        }
        #expect(server["env"]?["CREDITD_BASE_B"]?.string?.hasPrefix("sqlite:/") == true)
        #expect(server["env"]?["CREDITD_METRICS_FILE"]?.string?.hasPrefix("/") == true)
    }

    @Test(
        "settings that would not work, or hold a secret, are refused",
        arguments: [
            ["--name", ""], ["--name", "a\nb"], ["--role", "auditor"],
            ["--role", "collector", "--mcp-purpose", "fraud_prevention"],
            ["--key-provider-a", "exec:kms --token s3cret"],
        ])
    func refusedSettings(_ arguments: [String]) throws {
        let outcome = try ChildProcess.creditd(["mcp", "config"] + arguments, in: ScratchFolder()).finish()
        #expect(outcome.exitReason == .exited(64) && outcome.text.isEmpty, "\(outcome.errorText)")
        #expect(!outcome.errorText.contains("s3cret"))
    }

    @Test("a role that leaves an assistant no tool is told in the log")
    func noTool() throws {
        let outcome = try ChildProcess.serve([], ["--role", "auditor", "--mcp-tools", "read"], in: ScratchFolder())
        #expect(outcome.exitReason == .exited(0) && outcome.errorText.contains("assistants have no tool"))
    }

    @Test("a password in an option is refused")
    func passwordInOption() throws {
        let outcome = try ChildProcess.creditd(
            ["mcp", "config", "--base-a", "postgresql://u:s3cret@h/d"], in: ScratchFolder()
        ).finish()
        #expect(outcome.exitReason == .exited(64) && !outcome.errorText.contains("s3cret") && outcome.text.isEmpty)
    }
}
