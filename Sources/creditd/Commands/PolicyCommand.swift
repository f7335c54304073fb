import ArgumentParser
import Bureau
import JSON
import Methods
import Platform

/// `creditd policy`: prints who may see and change what, and for which purpose.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print what each role may see, for each purpose, and change.",
        discussion: """
            A group of members is given out plain, masked (in a form that keeps its shape) or not at all, whichever \
            method shows it. --role fixes the role of a daemon; each purpose has its legal basis.
            """)

    @Option(help: ArgumentHelp("Only this role.", valueName: "role"))
    var role: Role?

    @Flag(help: "Print one JSON object, with what each method shows and changes.")
    var json = false

    @OptionGroup var schema: SchemaOptions

    func run() async throws {
        try await StartFailure.explained {
            let contracts = try ContractSet(files: try SchemaFiles(folder: schema.folder).files)
            let file = try contracts.policyFile()
            let roles = file.roles.filter { role == nil || $0.role == role }
            if json {
                var writer = Writer()
                write(file, roles, contracts, to: &writer)
                writer.raw("\n")
                try FileDescriptor(1).put(writer.take())
            } else {
                for role in roles { try FileDescriptor(1).put(Self.table(of: role, in: file.policy)) }
                try FileDescriptor(1).put(Self.table(of: file.purposes))
            }
        }
    }

    /// A role with its rows, one for each purpose for which it is given anything.
    private static func table(of item: PolicyFile.RoleEntry, in policy: Policy) -> String {
        let grants = policy.grants(of: item.role)
        var lines = [
            "\(item.role.rawValue): \(item.description)",
            "  changes " + (grants.changes.isEmpty ? "nothing" : names(grants.changes)),
            "  duties  " + (grants.duties.isEmpty ? "none" : item.duties.map(\.rawValue).joined(separator: " ")),
        ]
        let purposes = purposes.filter { grants.reads[$0] != nil }
        if purposes.isEmpty { lines.append("  sees    nothing") }
        for purpose in purposes {
            let given = policy.disclosures(item.role, purpose)
            lines.append("  for \(purpose?.rawValue ?? "no stated purpose")")
            if !given.plain.isEmpty { lines.append("    plain   " + names(given.plain)) }
            if !given.masked.isEmpty { lines.append("    masked  " + names(given.masked)) }
            let denied = FieldGroups.all.subtracting(given.shown)
            if !denied.isEmpty { lines.append("    denied  " + names(denied)) }
        }
        return lines.joined(separator: "\n") + "\n\n"
    }

    private static func table(of purposes: [PolicyFile.PurposeEntry]) -> String {
        let width = purposes.map(\.purpose.rawValue.count).max() ?? 0
        let lines = purposes.map { item in
            let name = item.purpose.rawValue
            return "  \(name)\(String(repeating: " ", count: width - name.count))  \(item.description) \(item.basis)."
        }
        return (["purposes:"] + lines).joined(separator: "\n") + "\n"
    }

    private static var purposes: [Purpose?] { [nil] + Purpose.allCases.map { $0 } }

    private static func names(_ groups: FieldGroups) -> String {
        groups.list.map(\.rawValue).joined(separator: " ")
    }
}

/// The policy as JSON: every cell of the matrix.
extension PolicyCommand {
    private func write(
        _ file: PolicyFile, _ roles: [PolicyFile.RoleEntry], _ contracts: ContractSet, to writer: inout Writer
    ) {
        writer.object { object in
            object.key("purposes")
            object.array { list in
                for item in file.purposes {
                    list.object { purpose in
                        purpose.text("purpose", item.purpose.rawValue)
                        purpose.text("basis", item.basis)
                        purpose.text("description", item.description)
                    }
                }
            }
            object.key("roles")
            object.array { list in
                for item in roles { list.object { Self.write(item, in: file.policy, to: &$0) } }
            }
            object.key("methods")
            object.array { list in
                for contract in contracts.contracts {
                    list.object { method in
                        method.text("method", contract.method)
                        contract.writeAccess(file.policy, to: &method)
                    }
                }
            }
        }
    }

    private static func write(_ item: PolicyFile.RoleEntry, in policy: Policy, to role: inout Writer) {
        role.text("role", item.role.rawValue)
        role.text("description", item.description)
        role.texts("changes", policy.grants(of: item.role).changes.list.map(\.rawValue))
        role.texts("duties", item.duties.map(\.rawValue))
        role.key("reads")
        role.object { rows in
            for purpose in purposes {
                rows.key(purpose?.rawValue ?? "none")
                rows.object { row in
                    let given = policy.disclosures(item.role, purpose)
                    for group in FieldGroup.allCases {
                        row.key(group.rawValue)
                        row.string(given.of(FieldGroups(group)).rawValue)
                    }
                }
            }
        }
    }
}

extension Writer {
    fileprivate mutating func text(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    fileprivate mutating func texts(_ name: StaticString, _ values: [String]) {
        key(name)
        array { list in
            for value in values { list.string(value) }
        }
    }
}
