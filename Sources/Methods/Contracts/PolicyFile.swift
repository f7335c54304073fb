import Bureau
import JSON

/// What `policy.json` holds: the policy, and what it says of each purpose and role.
public struct PolicyFile: Sendable {
    /// A purpose with the article of law that allows it.
    public struct PurposeEntry: Sendable {
        public let purpose: Purpose
        public let basis: String
        public let description: String
    }

    /// A role in words.
    public struct RoleEntry: Sendable {
        public let role: Role
        public let description: String
        /// In the file's order.
        public let duties: [Duty]
    }

    /// Why a document is no policy, in the program's own words and the document's names.
    struct Flaw: Error {
        let reason: String
    }

    public let policy: Policy
    /// In the file's order; every purpose is there.
    public let purposes: [PurposeEntry]
    public let roles: [RoleEntry]

    /// Reads `purposes`, each with its legal basis, and `roles`, each with what it is given for each purpose (`none`
    /// for a read without one), what it may change, and its duties. A name that is not known is refused.
    init(_ root: Value) throws(Flaw) {
        var purposes: [PurposeEntry] = []
        for item in Self.members(root["purposes"]) {
            purposes.append(
                PurposeEntry(
                    purpose: try Self.name(item.key), basis: try Self.text(item.value["basis"], "basis"),
                    description: try Self.text(item.value["description"], "description")))
        }
        let missing = Purpose.allCases.filter { purpose in !purposes.contains { $0.purpose == purpose } }
        if let purpose = missing.first { throw Flaw(reason: "no legal basis for \(purpose.rawValue)") }
        var roles: [RoleEntry] = []
        var grants: [Role: Policy.Grants] = [:]
        for item in Self.members(root["roles"]) {
            let role: Role = try Self.name(item.key)
            let duties: [Duty] = try Self.names(item.value["duties"])
            roles.append(
                RoleEntry(
                    role: role, description: try Self.text(item.value["description"], "description"), duties: duties))
            grants[role] = Policy.Grants(
                reads: try Self.reads(item.value["reads"]), changes: try Self.groups(item.value["changes"]),
                duties: Set(duties))
        }
        if roles.isEmpty { throw Flaw(reason: "no roles") }
        self.purposes = purposes
        self.roles = roles
        policy = Policy(grants)
    }

    private static func reads(_ rows: Value?) throws(Flaw) -> [Purpose?: Disclosures] {
        var reads: [Purpose?: Disclosures] = [:]
        for row in members(rows) {
            let purpose: Purpose? = row.key.string == "none" ? nil : try name(row.key)
            reads[purpose] = Disclosures(plain: try groups(row.value["plain"]), masked: try groups(row.value["masked"]))
        }
        return reads
    }

    private static func groups(_ list: Value?) throws(Flaw) -> FieldGroups {
        let groups: [FieldGroup] = try names(list)
        return FieldGroups(groups)
    }

    private static func names<Name: TextValue>(_ list: Value?) throws(Flaw) -> [Name] {
        var names: [Name] = []
        for element in list.map({ Array($0.elements) }) ?? [] { names.append(try name(element)) }
        return names
    }

    private static func name<Name: TextValue>(_ value: Value) throws(Flaw) -> Name {
        guard let text = value.string, let name = Name(text) else {
            throw Flaw(reason: "\(value.string ?? "a value") is no \(Name.self)")
        }
        return name
    }

    private static func text(_ value: Value?, _ member: String) throws(Flaw) -> String {
        guard let text = value?.string else { throw Flaw(reason: "no \(member)") }
        return text
    }

    private static func members(_ object: Value?) -> [(key: Value, value: Value)] {
        object.map { $0.members.map { (key: $0.key, value: $0.value) } } ?? []
    }
}
