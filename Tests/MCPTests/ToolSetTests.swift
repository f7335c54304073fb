import Bureau
import Contracts
import JSON
import Methods
import Services
import Testing

@testable import MCP

@Suite("What a model is offered")
struct ToolSetTests {
    @Test("names are those that every client takes: at most 40 of a-z, 0-9 and underscores", arguments: Role.allCases)
    func names(_ role: Role) throws {
        let tools = try Fixture.tools(role, ToolOptions(choice: .write)).tools
        for tool in tools {
            #expect(tool.name.count <= 40)
            #expect(tool.name.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".contains($0) })
        }
        #expect(Set(tools.map(\.name)).count == tools.count)
    }

    @Test("the default set reads, and its input schemas have at most 6 kB together")
    func defaultSet() throws {
        let set = try Fixture.tools(.owner)
        #expect(
            set.tools.map(\.name).sorted() == [
                "debt_list", "event_history", "event_latest", "person_get", "profile_get", "report_get",
                "score_compute", "score_history",
            ])
        let list = try Fixture.list(set, .july2026)
        #expect(list.root.elements.map { $0["inputSchema"]?.rawText.count ?? 0 }.reduce(0, +) <= 6_000)
    }

    @Test(
        "an input schema has an object at its root and only words that every client takes", arguments: Role.allCases)
    func plainSchemas(_ role: Role) throws {
        let list = try Fixture.list(try Fixture.tools(role, ToolOptions(choice: .write)), .july2026)
        for tool in list.root.elements {
            let schema = try #require(tool["inputSchema"])
            #expect(schema["type"]?.equals("object") == true)
            try expectPlain(schema, tool["name"]?.string ?? "")
        }
    }

    private func expectPlain(_ schema: Value, _ tool: String) throws {
        let words: Set = ["type", "description", "enum", "minimum", "maximum", "properties", "required", "items"]
        #expect(Set(schema.members.compactMap(\.key.string)).isSubset(of: words), "\(tool)")
        #expect(schema["type"]?.kind == .string)
        for property in schema["properties"].map({ Array($0.members) }) ?? [] {
            try expectPlain(property.value, tool)
        }
        if let items = schema["items"] { try expectPlain(items, tool) }
        let required = schema["required"].map { $0.elements.compactMap(\.string) } ?? []
        for name in required { #expect(schema["properties"]?.member(name) != nil, "\(tool) \(name)") }
    }

    @Test("a list has what its version knows", arguments: ProtocolVersion.allCases)
    func versions(_ version: ProtocolVersion) throws {
        let list = try Fixture.list(try Fixture.tools(.owner), version)
        let score = try #require(list.root.elements.first { $0["name"]?.equals("score_compute") == true })
        #expect((score["annotations"] != nil) == (version.rawValue >= "2025-03-26"))
        #expect((score["title"] != nil) == (version.rawValue >= "2025-06-18"))
        #expect((score["outputSchema"] != nil) == (version.rawValue >= "2025-06-18"))
        if let output = score["outputSchema"] { #expect(output["type"]?.equals("object") == true) }
    }

    @Test("a deletion is told as one; a read that leaves a trace is not told as read-only")
    func hints() throws {
        let list = try Fixture.list(try Fixture.tools(.owner, ToolOptions(choice: .write)), .november2025)
        func hint(_ tool: String, _ name: String) -> Bool? {
            list.root.elements.first { $0["name"]?.equalsText(tool) == true }?["annotations"]?.member(name)?.bool
        }
        #expect(hint("person_delete", "destructiveHint") == true)
        #expect(hint("person_get", "readOnlyHint") == false)
        #expect(hint("person_get", "destructiveHint") == false)
        #expect(hint("event_latest", "readOnlyHint") == true)
        for tool in try Fixture.tools(.owner, ToolOptions(choice: .write)).tools {
            #expect(tool.isDestructive == (tool.name.hasSuffix("_delete") || tool.name.hasSuffix("_remove")))
        }
    }

    @Test("what a role may not call is no tool")
    func roles() throws {
        func names(_ role: Role, _ choice: ToolSet.Choice) throws -> Set<String> {
            Set(try Fixture.tools(role, ToolOptions(choice: choice)).tools.map(\.name))
        }
        #expect(try names(.auditor, .write).isEmpty)
        #expect(try names(.dataFeed, .read).isEmpty)
        #expect(try names(.dataFeed, .write).contains("person_create"))
        let collector = try names(.collector, .write)
        #expect(collector.contains("debt_record_payment") && collector.contains("debt_list"))
        #expect(collector.isDisjoint(with: ["score_compute", "debt_add", "person_delete", "event_latest"]))
    }

    @Test("a purpose is one for which the role is given something, and must be stated")
    func purposes() throws {
        let list = try Fixture.list(try Fixture.tools(.fraudAnalyst), .july2026)
        let latest = try #require(list.root.elements.first { $0["name"]?.equals("event_latest") == true })
        let purpose = try #require(latest["inputSchema"]?["properties"]?["purpose"])
        #expect(purpose["enum"]?.elements.compactMap(\.string) == ["fraud_prevention"])
        #expect(latest["inputSchema"]?["required"]?.elements.contains { $0.equals("purpose") } == true)
    }

    @Test("a purpose for which a role is given nothing leaves no tool")
    func uselessPurpose() throws {
        #expect(try Fixture.tools(.fraudAnalyst, ToolOptions(purpose: .debtCollection)).tools.isEmpty)
    }

    @Test("what the operator has pinned is in the params and not in the schema, and cannot be given")
    func pinned() throws {
        let set = try Fixture.tools(
            .owner, ToolOptions(choice: .write, purpose: .creditApplication, requester: "Loja Exemplo"))
        let list = try Fixture.list(set, .july2026)
        for tool in list.root.elements where tool["name"]?.equals("event_record") != true {
            #expect(tool["inputSchema"]?["properties"]?["purpose"] == nil)
            #expect(tool["inputSchema"]?["properties"]?["requester"] == nil)
        }
        #expect(
            try Fixture.params("report_get", #"{"cpf":"52998224725"}"#, in: set)
                == #"{"cpf":"52998224725","purpose":"credit_application","requester":"Loja Exemplo"}"#)
        let failure = #expect(throws: ToolFailure.self) {
            try Fixture.params("report_get", #"{"cpf":"52998224725","purpose":"judicial_order"}"#, in: set)
        }
        #expect(failure?.text.contains("takes only: cpf.") == true)
        #expect(failure?.text.contains("judicial_order") == false)
    }
}

/// Tool sets of the program's own contracts.
enum Fixture {
    static let now = Instant("2026-11-29T12:00:00Z") ?? .first

    // Unchecked because nothing of the contracts changes, although their type does not say so.
    private struct Shared: @unchecked Sendable {
        let contracts: ContractSet
    }

    private static let shared = Result {
        Shared(contracts: try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) }))
    }

    static func contracts() throws -> ContractSet { try shared.get().contracts }

    static func tools(
        _ role: Role, _ options: ToolOptions = ToolOptions(), now: @escaping @Sendable () -> Instant = { Fixture.now }
    ) throws -> ToolSet {
        let contracts = try contracts()
        let control = AccessControl(policy: try contracts.policy(), actor: Actor(name: "test", role: role))
        return ToolSet(contracts: contracts, control: control, options: options, now: now)
    }

    static func list(_ set: ToolSet, _ version: ProtocolVersion) throws -> Document {
        var writer = Writer()
        set.writeList(for: version, to: &writer)
        return try Document(writer.take())
    }

    static func tool(_ name: String, in set: ToolSet) throws -> Tool {
        try #require(set.tools.first { $0.name == name })
    }

    /// The params that a call begins with.
    @discardableResult
    static func params(_ name: String, _ arguments: String, in set: ToolSet) throws -> String {
        let tool = try tool(name, in: set)
        let document = try Document(arguments.utf8)
        return try document.withRoot { String(decoding: try set.begin(tool, with: $0), as: UTF8.self) }
    }

    /// What a model sees of a result.
    static func content(_ name: String, _ result: String, in set: ToolSet) throws -> String {
        var writer = Writer()
        let tool = try tool(name, in: set)
        try Document(result.utf8).withRoot { tool.writeContent(of: $0, to: &writer) }
        return String(decoding: writer.take(), as: UTF8.self)
    }
}
