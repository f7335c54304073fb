import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Services

/// Who the process acts for.
struct ActorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the process may see and change: \(EnvironmentValue.names(of: Role.self)).",
            discussion: """
                Default: $CREDITD_ROLE, else owner on embedded stores, and for `keys` and `migrate`; `creditd policy` \
                prints the roles.
                """, valueName: "role"))
    var role: Role?

    @Option(
        help: ArgumentHelp(
            "Who the process acts for, as the audit log names them.",
            discussion: "Default: $CREDITD_ACTOR, else the user's name.", valueName: "name"))
    var actor: String?

    /// Who the process acts for. Throws without a role where `needsRole`, as stores on servers do, because others may
    /// share those, and for a variable that names no role.
    func actor(_ environment: [String: String], needsRole: Bool) throws -> Actor {
        let role: Role? = try role ?? EnvironmentValue.value(of: "CREDITD_ROLE", environment)
        guard let role = role ?? (needsRole ? nil : .owner) else {
            throw ValidationError(
                "Stores on servers need a role: --role or CREDITD_ROLE, one of "
                    + "\(EnvironmentValue.names(of: Role.self)).")
        }
        let name = actor ?? EnvironmentValue.text(of: "CREDITD_ACTOR", environment) ?? Self.userName
        return Actor(name: try AccessOptions.withoutCPF(name, "the actor"), role: role)
    }

    /// The name of the user that the process runs as, or their number.
    private static var userName: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
        return String(cString: name)
    }
}

/// Who the process acts for, and what its reads are fixed to.
struct AccessOptions: ParsableArguments {
    @OptionGroup var acting: ActorOptions

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

    /// What an actor may do by a policy. Throws for a variable that names no purpose.
    func control(_ actor: Actor, _ policy: Policy, _ environment: [String: String]) throws -> AccessControl {
        AccessControl(
            policy: policy, actor: actor,
            fixedPurpose: try purpose ?? EnvironmentValue.value(of: "CREDITD_PURPOSE", environment),
            fixedRequester: try (requester ?? EnvironmentValue.text(of: "CREDITD_REQUESTER", environment)).map {
                try Self.withoutCPF($0, "the requester")
            })
    }

    /// Refuses a name that has no place in a log: one with a CPF in it, a blank one or one of more than 200 characters.
    static func withoutCPF(_ name: String, _ owner: String) throws -> String {
        if CPF.isHeld(in: name) || name.count > 200 || !PlainText.accepts(name) {
            throw ValidationError("What is given for \(owner) is no name: 1 to 200 characters, without a CPF.")
        }
        return name
    }

}

/// What a variable of the environment says.
private enum EnvironmentValue {
    static func text(of variable: String, _ environment: [String: String]) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    static func value<Name: TextValue & CaseIterable & RawRepresentable<String>>(
        of variable: String, _ environment: [String: String]
    ) throws -> Name? {
        guard let text = text(of: variable, environment) else { return nil }
        guard let name = Name(text) else {
            throw ValidationError("What \(variable) says is none of \(names(of: Name.self)).")
        }
        return name
    }

    static func names<Name: CaseIterable & RawRepresentable<String>>(of type: Name.Type) -> String {
        Name.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension Role: ExpressibleByArgument {}
extension Purpose: ExpressibleByArgument {}
