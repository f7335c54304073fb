import Bureau
import JSON
import Methods
import Services

/// The tools of a process: what its role may call, as a model is shown it.
///
/// A tool set needs the contracts, the policy and the options alone, so that it is there before any store is open.
public struct ToolSet: Sendable {
    /// Which tools are there.
    public enum Choice: String, CaseIterable, Sendable {
        /// Those that change nothing but histories and the audit log.
        case read
        /// Those that change the bureau's records too.
        case write
    }

    /// In the order of the catalogue.
    public let tools: [Tool]
    public let refusedCalls = RefusedCalls()
    private let limits: ToolLimits

    /// `now` tells the time to the limits and to the ages of persons.
    public init(
        contracts: ContractSet, control: AccessControl, options: ToolOptions,
        now: @escaping @Sendable () -> Instant
    ) {
        let cursors = CursorNames()
        tools = ToolDescription.all.compactMap { description in
            if description.isWrite, options.choice == .read { return nil }
            guard let contract = contracts.contracts.first(where: { $0.method == description.method }) else {
                return nil
            }
            return Tool(description, contract, contracts, control, options, cursors: cursors, now: now)
        }
        limits = ToolLimits(
            callsPerMinute: options.callsPerMinute, subjectsPerHour: options.subjectsPerHour, now: now)
    }

    /// The tool with a name; nil when there is none.
    public func tool(named name: Value) -> Tool? {
        tools.first { tool in
            var name_ = tool.name
            return name_.withUTF8 { name.equals($0) }
        }
    }

    /// Begins a call: the JSON text of the params of the tool's method. Throws for arguments that the tool does not
    /// take, and when the limits are reached.
    public func begin(_ tool: Tool, with arguments: Value?) throws(ToolFailure) -> [UInt8] {
        do throws(ToolFailure) {
            try limits.admitCall(about: arguments?.cpf)
        } catch {
            refusedCalls.note(tool, with: arguments)
            throw error
        }
        return try tool.params(from: arguments)
    }

    /// Appends the array `tools` of `tools/list`.
    public func writeList(for version: ProtocolVersion, to writer: inout Writer) {
        writer.array { list in
            for tool in tools { tool.write(for: version, to: &list) }
        }
    }
}
