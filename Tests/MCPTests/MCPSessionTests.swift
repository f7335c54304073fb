import Bureau
import JSON
import MCP
import Synchronization
import Testing

@Suite("A session of the Model Context Protocol", .timeLimit(.minutes(1)))
struct MCPSessionTests {
    /// Returns what a message is in short: its id, and the code and reason of its error or the type of its result.
    private func digest(_ message: Value) -> String {
        let id = message["id"].map { String(decoding: $0.rawText, as: UTF8.self) } ?? "-"
        if let error = message["error"] {
            return "\(id): \(error["code"]?.int64 ?? 0) \(error["data"]?["reason"]?.string ?? "")"
        }
        if let method = message["method"]?.string { return "\(id): \(method)" }
        let result = message["result"]
        if result?["isError"]?.bool == true {
            return "\(id): failed \(result?["content"]?.element(at: 0)?["text"]?.string?.prefix { $0 != ":" } ?? "")"
        }
        return "\(id): \(result?["resultType"]?.string ?? "result")"
    }

    private func digests(_ lines: [String]) throws -> [String] {
        try lines.map { line in
            try Document(line.utf8).withRoot { root in
                root.kind == .array ? root.elements.map { digest($0) }.joined(separator: ", ") : digest(root)
            }
        }
    }

    private static let meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{}}
        """

    private static func request(_ id: String, _ method: String, _ params: String = "") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)}}"#
    }

    private static func initialize(_ version: String, _ capabilities: String = "{}") -> String {
        request("0", "initialize", #""protocolVersion":"\#(version)","capabilities":\#(capabilities)"#)
    }

    /// Requests, and their answers in short.
    private static let exchanges: [Exchange] = [
        Exchange(request("1", "ping"), "1: result"),
        Exchange(request("1", "ping", meta), "1: complete"),
        Exchange(request("1", "tools/list"), "1: -32602 missing_meta"),
        Exchange(request("1", "tools/call", #""name":"person_get""#), "1: -32602 missing_meta"),
        Exchange(request("1", "server/discover"), "1: -32602 missing_meta"),
        Exchange(request("1", "server/discover", meta), "1: complete"),
        Exchange(request(#""a""#, "tools/list", meta), #""a": complete"#),
        Exchange(request("1", "tools/list", #""cursor":"",\#(meta)"#), "1: -32602 wrong_cursor"),
        Exchange(request("1", "tools/list", #""cursor":null,\#(meta)"#), "1: complete"),
        Exchange(request("1", "tools/list", #""_meta":[]"#), "1: -32602 missing_meta"),
        Exchange(
            request("1", "tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#),
            "1: -32602 missing_meta"
        ),
        Exchange(
            request("1", "tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25"}"#),
            "1: -32022 unsupported_version"
        ),
        Exchange(
            request("1", "tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":7}"#),
            "1: -32602 wrong_version_type"
        ),
        Exchange(request("1", "tools/call", meta), "1: -32602 missing"),
        Exchange(request("1", "tools/call", #""name":7,\#(meta)"#), "1: -32602 missing"),
        Exchange(request("1", "tools/call", #""name":"nobody",\#(meta)"#), "1: -32602 unknown_tool"),
        Exchange(request("1", "tools/call", #""name":"event_latest","arguments":[],\#(meta)"#), "1: -32602 wrong_type"),
        Exchange(request("1", "tools/call", #""name":"a","name":"a",\#(meta)"#), "1: -32602 duplicate_key"),
        Exchange(
            request("1", "tools/call", #""name":"event_latest","arguments":{"x":1},\#(meta)"#),
            "1: failed unknown_member"
        ),
        Exchange(request("1", "resources/list", meta), "1: -32601 method_not_found"),
        Exchange(request("1", "subscriptions/listen", meta), "1: -32602 missing"),
        Exchange(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#, "1: -32602 wrong_type"),
        Exchange(request("1.5", "ping"), "null: -32600 wrong_id_type"),
        Exchange(request("1e1", "ping"), "null: -32600 wrong_id_type"),
        Exchange(request("null", "tools/list"), "null: -32600 wrong_id_type"),
        Exchange(request("12345678901234567890", "ping"), "12345678901234567890: result"),
        Exchange(request("1", "initialize"), "1: -32602 missing"),
        Exchange("[\(initialize("2025-11-25"))]", "0: -32600 in_batch"),
        Exchange("[\(request("1", "ping")),\(request("2", "ping", meta))]", "1: result, 2: complete"),
    ]

    struct Exchange: Sendable {
        let request: String
        let answer: String

        init(_ request: String, _ answer: String) {
            self.request = request
            self.answer = answer
        }
    }

    @Test("a request without a handshake is answered as the stateless protocol demands", arguments: exchanges)
    func answers(_ exchange: Exchange) async throws {
        let conversation = try Conversation(try Fixture.tools(.owner))
        conversation.say(exchange.request)
        #expect(try digests(try await conversation.end()) == [exchange.answer])
    }

    @Test(
        "a client gets the version that it asks for, or the newest with a handshake",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("2199-01-01", "2025-11-25"),
            ("", "2025-11-25"),
        ])
    func versions(asked: String, agreed: String) async throws {
        let conversation = try Conversation(try Fixture.tools(.owner))
        conversation.say(Self.initialize(asked))
        conversation.say(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        let answer = try await conversation.hear()
        answer.withRoot { answer in
            #expect(answer["result"]?["protocolVersion"]?.string == agreed)
            #expect(answer["result"]?["serverInfo"]?["version"]?.string == "1.2.3")
            #expect(answer["result"]?["resultType"] == nil)
        }
        conversation.say(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        conversation.say(Self.request("2", "server/discover"))
        #expect(try digests(try await conversation.end()) == ["1: result", "2: -32601 method_not_found"])
    }

    @Test("the text of a result is the JSON that the tool shows, and its errors are no structured content")
    func results() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner)) { _ in #"{"movement":null}"# }
        let arguments = #""arguments":{"cpf":"52998224725","purpose":"credit_protection"}"#
        conversation.say(
            Self.request("1", "tools/call", #""name":"event_latest",\#(arguments),"task":{},\#(Self.meta)"#))
        try await conversation.hear().withRoot { answer in
            let text = try #require(answer["result"]?["content"]?.element(at: 0)?["text"]?.string)
            let structured = answer["result"]?["structuredContent"].map { String(decoding: $0.rawText, as: UTF8.self) }
            #expect(structured == nil || structured == text)
            #expect(text.hasPrefix("{"))
            #expect(answer["result"]?["isError"] == nil)
        }
        #expect(try await conversation.end().isEmpty)
    }

    @Test("a subscription is acknowledged, stays open, and is completed at the end of input unless it was cancelled")
    func subscriptions() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner))
        let listen = { (id: String) in
            Self.request(id, "subscriptions/listen", #""notifications":{"toolsListChanged":true},\#(Self.meta)"#)
        }
        conversation.say(listen("1"))
        conversation.say(listen(#""two""#))
        conversation.say(listen("1"))
        conversation.say(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        conversation.say(Self.request("3", "ping"))
        let name = "notifications/subscriptions/acknowledged"
        #expect(
            try digests(try await conversation.end()) == [
                "-: \(name)", "-: \(name)", "1: -32600 duplicate_id", "3: result", #""two": complete"#,
            ])
    }

    @Test("too many subscriptions are refused")
    func boundedSubscriptions() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner))
        for id in 1...17 {
            conversation.say(Self.request("\(id)", "subscriptions/listen", #""notifications":{},\#(Self.meta)"#))
        }
        #expect(try digests(try await conversation.end())[16] == "17: -32600 limit_reached")
    }

    private static let deletion = #""name":"person_delete","arguments":{"cpf":"52998224725"}"#

    private static func answer(_ id: String, _ result: String) -> String {
        #"{"jsonrpc":"2.0","id":"\#(id)","result":\#(result)}"#
    }

    @Test(
        "a client with a handshake is asked for its user's consent to a deletion",
        arguments: [
            (#"{"action":"accept","content":{"agree":true}}"#, "1: result"),
            (#"{"action":"accept","content":{"agree":false}}"#, "1: failed not_confirmed"),
            (#"{"action":"accept"}"#, "1: failed not_confirmed"),
            (#"{"action":"decline"}"#, "1: failed not_confirmed"), ("7", "1: failed not_confirmed"),
        ])
    func consent(answer: String, expected: String) async throws {
        let tools = try Fixture.tools(.owner, ToolOptions(choice: .write))
        let denied = Self.denied(of: tools)
        let conversation = try Conversation(tools, isOrdered: false)
        conversation.say(Self.initialize("2025-11-25", #"{"elicitation":{}}"#))
        _ = try await conversation.hear()
        conversation.say(Self.request("1", "tools/call", Self.deletion))
        let id = try await conversation.hear().withRoot { question in
            #expect(question["method"]?.string == "elicitation/create")
            let message = question["params"]?["message"]?.string
            #expect(message?.contains("person_delete") == true && message?.contains("52998224725") == false)
            return try #require(question["id"]?.string)
        }
        conversation.say(Self.answer("other", answer))
        conversation.say(Self.answer(id, answer))
        conversation.say(Self.answer(id, answer))
        #expect(try digests(try await conversation.end()) == [expected])
        #expect(denied.all == (expected == "1: result" ? [] : ["person.delete 52998224725"]))
    }

    /// The calls that are recorded as denied from now on.
    private static func denied(of tools: ToolSet) -> DeniedCalls {
        let denied = DeniedCalls()
        tools.refusedCalls.record { access, cpf in denied.add("\(access.method) \(cpf.text)") }
        return denied
    }

    @Test("without elicitation nothing is deleted", arguments: ["2025-03-26", "2025-11-25"])
    func cannotAsk(version: String) async throws {
        let tools = try Fixture.tools(.owner, ToolOptions(choice: .write))
        let denied = Self.denied(of: tools)
        let conversation = try Conversation(tools)
        conversation.say(Self.initialize(version, version == "2025-03-26" ? #"{"elicitation":{}}"# : "{}"))
        conversation.say(Self.request("1", "tools/call", Self.deletion))
        conversation.say(Self.request("2", "tools/call", "\(Self.deletion),\(Self.meta)"))
        #expect(
            try digests(try await conversation.end()) == [
                "0: result", "1: failed not_confirmed", "2: -32021 missing_capability",
            ])
        #expect(denied.all.count == 2)
    }

    @Test("a question that would hold all other answers is not asked")
    func orderedAnswers() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner, ToolOptions(choice: .write)))
        conversation.say(Self.initialize("2025-11-25", #"{"elicitation":{}}"#))
        conversation.say(Self.request("1", "tools/call", Self.deletion))
        conversation.say(Self.request("2", "ping"))
        #expect(try digests(try await conversation.end()) == ["0: result", "1: failed not_confirmed", "2: result"])
    }

    @Test("a question names what is deleted by the identifiers that the daemon gave, and by no other")
    func questionText() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner, ToolOptions(choice: .write)), isOrdered: false)
        conversation.say(Self.initialize("2025-11-25", #"{"elicitation":{}}"#))
        _ = try await conversation.hear()
        func ask(_ id: Int, _ tool: String, _ argument: String) async throws -> String {
            let arguments = #""arguments":{"cpf":"52998224725",\#(argument)}"#
            conversation.say(Self.request("\(id)", "tools/call", #""name":"\#(tool)",\#(arguments)"#))
            return try await conversation.hear().withRoot { question in
                try #require(question["params"]?["message"]?.string)
            }
        }
        let first = "019ab0f2-6c1e-7b3a-8d4f-0123456789ab"
        let debt = try await ask(1, "debt_remove", #""debtId":"\#(first)""#)
        #expect(debt.contains("debtId \(first), CPF ***.982.24*-**"))
        let second = try await ask(2, "debt_remove", #""debtId":"019ab0f2-6c1e-7b3a-8d4f-0123456789ac""#)
        #expect(second != debt)
        let event = try await ask(3, "event_remove", #""eventId":"\#(first)""#)
        #expect(event.contains("eventId \(first)"))
        for chosen in ["please-agree", "52998224-7251-4b3a-8d4f-0123456789ab"] {
            let event = try await ask(4, "event_remove", #""eventId":"\#(chosen)""#)
            #expect(!event.contains(chosen) && event.contains("CPF"))
            conversation.say(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":4}}"#)
            _ = try await conversation.hear()
        }
        let last = try await conversation.end()
        #expect(last.count == 3 && last.allSatisfy { $0.contains("session ended") && !$0.contains("did not agree") })
    }

    @Test("a question beyond those that may be open is not asked, and the model is told so")
    func crowd() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner, ToolOptions(choice: .write)), isOrdered: false)
        conversation.say(Self.initialize("2025-11-25", #"{"elicitation":{}}"#))
        _ = try await conversation.hear()
        for id in 1...33 { conversation.say(Self.request("\(id)", "tools/call", Self.deletion)) }
        for _ in 1...32 { _ = try await conversation.hear() }
        let refusal = try await conversation.hear()
        refusal.withRoot { answer in
            let text = answer["result"]?["content"]?.element(at: 0)?["text"]?.string
            #expect(text?.contains("too many questions") == true)
        }
        _ = try await conversation.end()
    }

    @Test("an answer to a question is no further call")
    func uncountedAnswer() async throws {
        let options = ToolOptions(choice: .write, callsPerMinute: 1)
        let conversation = try Conversation(try Fixture.tools(.owner, options))
        let meta = Self.meta.replacing("{}", with: #"{"elicitation":{}}"#)
        conversation.say(Self.request("1", "tools/call", "\(Self.deletion),\(meta)"))
        let state = try await conversation.hear().withRoot { try #require($0["result"]?["requestState"]?.string) }
        let answer = #""inputResponses":{"consent":{"action":"accept","content":{"agree":true}}}"#
        for id in ["2", "3"] {
            conversation.say(
                Self.request(
                    id, "tools/call", #"\#(Self.deletion),\#(answer),"requestState":"\#(state)",\#(meta)"#))
        }
        #expect(try digests(try await conversation.end()) == ["2: complete", "3: failed rate_limited"])
    }

    @Test("a cancelled question and one that is open at the end delete nothing")
    func openQuestions() async throws {
        let tools = try Fixture.tools(.owner, ToolOptions(choice: .write))
        let denied = Self.denied(of: tools)
        let conversation = try Conversation(tools, isOrdered: false)
        conversation.say(Self.initialize("2025-06-18", #"{"elicitation":{"form":{}}}"#))
        _ = try await conversation.hear()
        conversation.say(Self.request("1", "tools/call", Self.deletion))
        conversation.say(Self.request("2", "tools/call", Self.deletion))
        let first = try await conversation.hear().withRoot { try #require($0["id"]?.string) }
        _ = try await conversation.hear()
        conversation.say(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        conversation.say(Self.answer(first, #"{"action":"accept","content":{"agree":true}}"#))
        #expect(
            try digests(try await conversation.end()) == ["-: notifications/cancelled", "2: failed not_confirmed"])
        #expect(denied.all.count == 2)
    }

    @Test("a stateless client calls again with its user's answer, which holds for that call alone and once")
    func statelessConsent() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner, ToolOptions(choice: .write)))
        let meta = Self.meta.replacing("{}", with: #"{"elicitation":{}}"#)
        let other = Self.deletion.replacing("52998224725", with: "39053344705")
        func ask() async throws -> String {
            conversation.say(Self.request("1", "tools/call", "\(Self.deletion),\(meta)"))
            return try await conversation.hear().withRoot { answer in
                #expect(digest(answer) == "1: input_required")
                let question = answer["result"]?["inputRequests"]?["consent"]
                #expect(question?["method"]?.string == "elicitation/create")
                return try #require(answer["result"]?["requestState"]?.string)
            }
        }
        func again(_ deletion: String, _ state: String, _ action: String) async throws -> String {
            let answer = #""inputResponses":{"consent":{"action":"\#(action)","content":{"agree":true}}}"#
            conversation.say(
                Self.request("2", "tools/call", #"\#(deletion),\#(answer),"requestState":"\#(state)",\#(meta)"#))
            return try await conversation.hear().withRoot { digest($0) }
        }
        #expect(try await again(Self.deletion, "guess", "accept") == "2: input_required")
        #expect(try await again(other, try await ask(), "accept") == "2: input_required")
        #expect(try await again(Self.deletion, try await ask(), "decline") == "2: failed not_confirmed")
        let state = try await ask()
        #expect(try await again(Self.deletion, state, "accept") == "2: complete")
        #expect(try await again(Self.deletion, state, "accept") == "2: input_required")
        #expect(try await conversation.end().isEmpty)
    }

    @Test("notifications and stray responses are not answered")
    func silence() async throws {
        let conversation = try Conversation(try Fixture.tools(.owner))
        for method in ["notifications/initialized", "notifications/cancelled", "tools/call", "notifications/none"] {
            conversation.say(#"{"jsonrpc":"2.0","method":"\#(method)","params":{"requestId":5,"name":"event_latest"}}"#)
        }
        conversation.say(Self.answer("x", "{}"))
        #expect(try await conversation.end().isEmpty)
    }
}

/// The calls that were recorded as denied, by method and person.
private final class DeniedCalls: Sendable {
    private let calls = Mutex<[String]>([])
    var all: [String] { calls.withLock { $0 } }
    func add(_ call: String) { calls.withLock { $0.append(call) } }
}
