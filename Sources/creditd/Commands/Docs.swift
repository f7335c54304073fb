import ArgumentParser
import Bureau
import Documentation
import MCP
import Methods
import Platform
import Services

/// `creditd docs`: prints the page of all methods.
struct Docs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Print one HTML page about all methods, with their examples: creditd docs > creditd.html.",
        discussion: """
            The page needs no network and no server. Without its script it can be read and printed; with it, / searches, \
            examples are shown as shell, pipe, Python, Node and MCP, and a form builds a valid request line. Nothing is \
            ever sent.
            """)

    @OptionGroup var schema: SchemaOptions

    func run() async throws {
        try await StartFailure.explained {
            let contracts = try ContractSet(files: try SchemaFiles(folder: schema.folder).files)
            let page = try DocumentationPage(
                contracts: contracts, version: Creditd.version, tools: try Self.tools(of: contracts))
            try FileDescriptor(1).put(page.text)
        }
    }

    /// All tools for assistants, by their methods.
    private static func tools(of contracts: ContractSet) throws -> [String: DocumentationPage.Tool] {
        let control = AccessControl(policy: try contracts.policy(), actor: Actor(name: "", role: .owner))
        let sets = [ToolSet.Choice.read, .write].map { choice in
            ToolSet(contracts: contracts, control: control, options: ToolOptions(choice: choice)) { Instant.first }
        }
        let reading = Set(sets[0].tools.map(\.name))
        let tools = sets[1].tools.map { tool in
            let effect: DocumentationPage.Tool.Effect =
                reading.contains(tool.name) ? .reads : tool.isDestructive ? .deletes : .writes
            return (tool.method, DocumentationPage.Tool(name: tool.name, effect: effect))
        }
        return Dictionary(tools) { first, _ in first }
    }
}
