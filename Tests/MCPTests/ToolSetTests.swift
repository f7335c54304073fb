import Bureau
import Contracts
import JSON
import MCP
import Methods
import Services
import Testing

@Suite("What a model is offered")
struct ToolSetTests {
    @Test("names are those that every client takes: at most 40 of a-z, 0-9 and underscores", arguments: Role.allCases)
    func names(_ role: Role) throws {
        let tools = try Fixture.tools(role, ToolOptions(choice: .write)).tools
        for tool in tools {
            #expect(
                tool.name.count <= 40 && tool.name.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".contains($0) })
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
        let sizes = list.root.elements.map { $0["inputSchema"]?.rawText.count ?? 0 }
        #expect(sizes.reduce(0, +) <= 6_000)
        print("SIZES", sizes, sizes.reduce(0, +), "all", list.root.rawText.count)
        print(String(decoding: list.root.rawText, as: UTF8.self))
    }
}

/// Tool sets of the program's own contracts.
enum Fixture {
    static let now = Instant("2026-11-29T12:00:00Z")!

    static func contracts() throws -> ContractSet {
        try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) })
    }

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
}
