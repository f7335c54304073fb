import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Services

/// Who the process acts for, and what its reads are fixed to.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the process may see and change: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).",
            discussion: "Default: $CREDITD_ROLE, else owner on embedded stores; `creditd policy` prints the roles.",
            valueName: "role"))
    var role: Role?

    @Option(
        help: ArgumentHelp(
            "Who the process acts for, as the audit log names them.",
            discussion: "Default: $CREDITD_ACTOR, else the user's name.", valueName: "name"))
    var actor: String?

    @Option(
        help: ArgumentHelp(
            "The purpose of every read; requests need not state it, and may state no other.",
            discussion: "Default: $CREDITD_PURPOSE, else each request states its own.", valueName: "purpose"))
    var purpose: Purpose?

    @Option(
        help: ArgumentHelp(
            "The organisation that every read is made for.",
            discussion: "Default: $CREDITD_REQUESTER, else each request may state its own.", valueName: "name"))
    var requester: String?

    /// What the process may do by a policy. Throws for a variable that names no role or purpose.
    func control(_ policy: Policy, _ environment: [String: String]) throws -> AccessControl {
        let role: Role? = try role ?? Self.value(of: "CREDITD_ROLE", environment)
        let actor = Actor(
            name: actor ?? Self.text(of: "CREDITD_ACTOR", environment) ?? Self.userName, role: role ?? .owner)
        return AccessControl(
            policy: policy, actor: actor,
            fixedPurpose: try purpose ?? Self.value(of: "CREDITD_PURPOSE", environment),
            fixedRequester: requester ?? Self.text(of: "CREDITD_REQUESTER", environment))
    }

    private static func text(of variable: String, _ environment: [String: String]) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func value<Name: TextValue & CaseIterable & RawRepresentable<String>>(
        of variable: String, _ environment: [String: String]
    ) throws -> Name? {
        guard let text = text(of: variable, environment) else { return nil }
        guard let name = Name(text) else {
            let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("What \(variable) says is none of \(names).")
        }
        return name
    }

    /// The name of the user that the process runs as, or their number.
    private static var userName: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
        return String(cString: name)
    }
}

extension Role: ExpressibleByArgument {}
extension Purpose: ExpressibleByArgument {}
