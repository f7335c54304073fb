import ArgumentParser
import Bureau
import MCP
import Services

/// What assistants may ask for over the Model Context Protocol, and what they see.
struct ToolOptionGroup: ParsableArguments {
    @Option(
        name: .customLong("mcp-tools"),
        help: ArgumentHelp(
            "Which tools assistants get over MCP: read, or write for those that change records too.",
            discussion: """
                No more than the role may do; what deletes asks the user first, and is refused where the client cannot. \
                Default: $CREDITD_MCP_TOOLS, else read.
                """, valueName: "read|write"))
    var tools: ToolSet.Choice?

    @Option(
        name: .customLong("mcp-purpose"),
        help: ArgumentHelp(
            "The purpose of every read over MCP, so that no model chooses one.",
            discussion: "Default: $CREDITD_MCP_PURPOSE, else --purpose, else each call states its own.",
            valueName: "purpose"))
    var purpose: Purpose?

    @Option(
        name: .customLong("mcp-requester"),
        help: ArgumentHelp(
            "The organisation that every read over MCP is made for.",
            discussion: "Default: $CREDITD_MCP_REQUESTER, else --requester, else each call may state its own.",
            valueName: "name"))
    var requester: String?

    @Option(
        name: .customLong("mcp-reveal"),
        help: ArgumentHelp(
            "What models see as it is, separated by commas: \(RevealedFields.names).",
            discussion: """
                Otherwise a CPF is ***.982.247-**, a name its initials, a birth date an age band; contacts (phone, \
                e-mail), street (all of an address but state and country) and text (what others wrote: employer, \
                creditor, requester, description, which can carry instructions) are left out. \
                Default: $CREDITD_MCP_REVEAL.
                """, valueName: "fields"))
    var reveal: RevealedFields?

    @Option(
        name: .customLong("mcp-calls-per-minute"),
        help: ArgumentHelp(
            "How many calls of tools are served within a minute, by one process.",
            discussion: "Default: $CREDITD_MCP_CALLS_PER_MINUTE, else 60.", valueName: "count"))
    var callsPerMinute: Int?

    @Option(
        name: .customLong("mcp-subjects-per-hour"),
        help: ArgumentHelp(
            "About how many different persons tools are called within an hour, in one process.",
            discussion: """
                Not kept: another start, and another process on the same stores, counts from 0. \
                Default: $CREDITD_MCP_SUBJECTS_PER_HOUR, else 100.
                """, valueName: "count"))
    var subjectsPerHour: Int?

    /// Why an assistant has no tool.
    static let noTool = "the role may call no tool for this purpose; `creditd policy` prints the purposes of each role"

    /// Whether any option of assistants is given.
    var isUsed: Bool {
        tools != nil || purpose != nil || requester != nil || reveal != nil || callsPerMinute != nil
            || subjectsPerHour != nil
    }

    /// What is decided about the tools of a process that `control` decides for. Throws for a variable or a count that
    /// makes no sense, and for a purpose or requester other than the process's own.
    func options(_ control: AccessControl, _ environment: [String: String]) throws -> ToolOptions {
        let purpose = try purpose ?? Self.value("CREDITD_MCP_PURPOSE", environment) { Purpose(rawValue: $0) }
        let requester = try (requester ?? Self.value("CREDITD_MCP_REQUESTER", environment) { $0 }).map {
            try AccessOptions.withoutCPF($0, "the requester of assistants")
        }
        try Self.requireSame(purpose, control.fixedPurpose, "--mcp-purpose", "--purpose")
        try Self.requireSame(requester, control.fixedRequester, "--mcp-requester", "--requester")
        var options = ToolOptions(
            choice: try tools ?? Self.value("CREDITD_MCP_TOOLS", environment) { ToolSet.Choice(rawValue: $0) } ?? .read,
            purpose: purpose, requester: requester,
            revealed: try (reveal ?? Self.value("CREDITD_MCP_REVEAL", environment) { RevealedFields(argument: $0) })?
                .fields ?? [])
        options.callsPerMinute = try Self.count(
            callsPerMinute, "CREDITD_MCP_CALLS_PER_MINUTE", environment, default: options.callsPerMinute)
        options.subjectsPerHour = try Self.count(
            subjectsPerHour, "CREDITD_MCP_SUBJECTS_PER_HOUR", environment, default: options.subjectsPerHour)
        return options
    }

    private static func value<Value>(
        _ variable: String, _ environment: [String: String], _ read: (String) -> Value?
    ) throws -> Value? {
        guard let text = environment[variable], !text.isEmpty else { return nil }
        guard let value = read(text) else {
            throw ValidationError("What \(variable) says is not accepted; see --help.")
        }
        return value
    }

    private static func count(
        _ given: Int?, _ variable: String, _ environment: [String: String], default count: Int
    ) throws -> Int {
        let count = try given ?? value(variable, environment) { Int($0) } ?? count
        guard 1...100_000 ~= count else { throw ValidationError("A limit of assistants is 1 to 100000.") }
        return count
    }

    private static func requireSame<Value: Equatable>(
        _ pinned: Value?, _ fixed: Value?, _ option: String, _ other: String
    ) throws {
        if let pinned, let fixed, pinned != fixed {
            throw ValidationError("\(option) differs from \(other), to which the whole process is fixed.")
        }
    }
}

/// Fields in one argument, separated by commas.
struct RevealedFields: ExpressibleByArgument {
    static let names = RevealedField.allCases.map(\.rawValue).joined(separator: ", ")

    let fields: Set<RevealedField>

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let fields = names.compactMap { RevealedField(rawValue: String($0)) }
        guard fields.count == names.count else { return nil }
        self.fields = Set(fields)
    }
}

extension ToolSet.Choice: ExpressibleByArgument {}
