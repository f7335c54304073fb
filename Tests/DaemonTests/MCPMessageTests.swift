import Foundation
import Seeds
import Testing
import Transcripts

/// What the daemon sends to a client of the Model Context Protocol, against the official schema of its version.
@Suite("Messages of the Model Context Protocol")
struct MCPMessageTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    /// A request, and the definition that its result meets; nil for an error.
    private struct Step {
        let method: String
        var params = ""
        let result: String?
    }

    /// The params of a call of a tool; `meta` is the member `_meta`.
    private static func call(_ tool: String, _ arguments: String, meta: String = "") -> String {
        #""name":"\#(tool)","arguments":\#(arguments)\#(meta.isEmpty ? "" : ",\(meta)")"#
    }

    private static let read = #"{"cpf":"52998224725","purpose":"credit_protection"}"#
    private static let person = #""clientInfo":{"name":"test","version":"1"}"#

    private static func steps(_ version: String) -> [Step] {
        let opening = #""protocolVersion":"\#(version)","capabilities":{"elicitation":{}},\#(person)"#
        return [
            Step(method: "ping", result: "EmptyResult"),
            Step(method: "initialize", params: opening, result: "InitializeResult"),
            Step(method: "tools/list", result: "ListToolsResult"),
            Step(
                method: "tools/call", params: call("event_latest", read, meta: #""_meta":{"progressToken":"p"}"#),
                result: "CallToolResult"),
            Step(method: "tools/call", params: call("person_get", read), result: "CallToolResult"),
            Step(method: "tools/call", params: call("person_get", "{}"), result: "CallToolResult"),
            Step(
                method: "tools/call", params: call("person_delete", #"{"cpf":"52998224725"}"#), result: "CallToolResult"
            ),
            Step(method: "tools/call", params: call("none", "{}"), result: nil),
            Step(method: "tools/call", params: #""name":"event_latest","arguments":[]"#, result: nil),
            Step(method: "tools/list", params: #""cursor":"x""#, result: nil),
            Step(method: "server/discover", result: nil),
            Step(method: "resources/list", result: nil),
        ]
    }

    /// Requests that state their version themselves.
    private static let statelessSteps: [Step] = {
        let meta = { (more: String) in
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\#(more)"#
                + #""io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}"#
        }
        let plain = meta("")
        return [
            Step(method: "server/discover", params: plain, result: "DiscoverResult"),
            Step(method: "ping", params: plain, result: "EmptyResult"),
            Step(method: "tools/list", params: plain, result: "ListToolsResult"),
            Step(
                method: "tools/call", params: call("event_latest", read, meta: meta(#""progressToken":7,"#)),
                result: "CallToolResult"),
            Step(method: "tools/call", params: call("person_get", read, meta: plain), result: "CallToolResult"),
            Step(
                method: "tools/call", params: call("person_delete", #"{"cpf":"52998224725"}"#, meta: plain),
                result: "InputRequiredResult"),
            Step(
                method: "tools/call",
                params: call("person_delete", #"{"cpf":"52998224725"}"#, meta: plain).replacing(
                    #""elicitation":{}"#, with: ""),
                result: nil),
            Step(method: "tools/call", params: call("none", "{}", meta: plain), result: nil),
            Step(method: "tools/list", params: plain.replacing("2026-07-28", with: "2199-01-01"), result: nil),
            Step(method: "tools/list", result: nil),
            Step(
                method: "subscriptions/listen", params: #""notifications":{"toolsListChanged":true},\#(plain)"#,
                result: "SubscriptionsListenResult"),
        ]
    }()

    @Test(
        "every message meets the official schema of its version",
        arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
    func meetsSchema(version: String) throws {
        guard let file = try SharedFiles.url("mcp/schema-\(version).json") else { return }
        let steps = version == "2026-07-28" ? Self.statelessSteps : Self.steps(version)
        let lines = steps.enumerated().map { index, step in
            let params = step.params.isEmpty ? "" : #","params":{\#(step.params)}"#
            return #"{"jsonrpc":"2.0","id":\#(index),"method":"\#(step.method)"\#(params)}"# + "\n"
        }
        let outcome = try ChildProcess.serve(
            Array(lines.joined().utf8), ["--mcp-tools", "write"], in: scratch)
        #expect(outcome.exitReason == .exited(0))
        let messages = try outcome.output.split(separator: 0x0A).map { try Tree($0) }
        let answers = messages.filter { $0["method"] == nil }
        let ids = try answers.map { "\(try #require($0["id"]))" }
        try #require(ids.sorted() == steps.indices.map { "\($0)" }.sorted())
        #expect(messages.count { $0["method"]?.string == "notifications/progress" } == 3)

        var schema = try String(contentsOf: file, encoding: .utf8)
        // The older schemas are of draft 7, of which they use nothing that 2020-12 changed but this name.
        schema = schema.replacing(#""definitions":"#, with: #""$defs":"#).replacing("#/definitions/", with: "#/$defs/")
        let definitions = try #require(try Tree(Array(schema.utf8))["$defs"])
        let places = messages.map { message in
            if let method = message["method"]?.string { return Self.definition(ofMethod: method) }
            let index = Int("\(message["id"] ?? .null)") ?? 0
            let outcome =
                steps[index].result.map { ##"{"result":{"$ref":"#/$defs/\##($0)"}},"required":["result"]"## }
                ?? #"{"error":true},"required":["error"]"#
            return ##"{"$ref":"#/$defs/JSONRPCMessage","properties":\##(outcome)}"##
        }
        let whole = #"{"$defs":\#(definitions),"prefixItems":[\#(places.joined(separator: ","))],"items":false}"#
        let check = try ChildProcess.creditd(
            [
                "schema", "validate", try scratch.write(text: whole, to: "schema.json"),
                try scratch.write(text: "\(Tree.array(messages))", to: "messages.json"),
            ], in: scratch
        ).finish()
        #expect(check.exitReason == .exited(0), "\(check.text) \(check.errorText)")
    }

    private static func definition(ofMethod method: String) -> String {
        switch method {
        case "notifications/progress": ##"{"$ref":"#/$defs/ProgressNotification"}"##
        case "elicitation/create": ##"{"$ref":"#/$defs/ElicitRequest"}"##
        case "notifications/subscriptions/acknowledged": ##"{"$ref":"#/$defs/SubscriptionsAcknowledgedNotification"}"##
        default: "false"
        }
    }
}
