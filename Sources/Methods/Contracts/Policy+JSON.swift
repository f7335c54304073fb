import Bureau
import JSON

extension Policy {
    /// Why a document is no policy, in the program's own words and the document's names.
    struct Flaw: Error {
        let reason: String
    }

    /// Reads what `policy.json` holds: `roles`, each with what it is given for each purpose (`none` for a read without
    /// one), what it may change, and its duties. A name that is not known is refused.
    init(_ root: Value) throws(Flaw) {
        guard let roles = root["roles"] else { throw Flaw(reason: "no roles") }
        var grants: [Role: Grants] = [:]
        for role in roles.members {
            grants[try Self.name(role.key)] = try Grants(role.value)
        }
        self.init(grants)
    }

    fileprivate static func name<Name: TextValue>(_ value: Value) throws(Flaw) -> Name {
        guard let text = value.string, let name = Name(text) else {
            throw Flaw(reason: "\(value.string ?? "a value") is no \(Name.self)")
        }
        return name
    }

    fileprivate static func names<Name: TextValue>(_ list: Value?) throws(Flaw) -> [Name] {
        var names: [Name] = []
        for element in list.map({ Array($0.elements) }) ?? [] { names.append(try name(element)) }
        return names
    }
}

extension Policy.Grants {
    fileprivate init(_ role: Value) throws(Policy.Flaw) {
        var reads: [Purpose?: Disclosures] = [:]
        for row in role["reads"].map({ Array($0.members) }) ?? [] {
            let purpose: Purpose? = row.key.string == "none" ? nil : try Policy.name(row.key)
            reads[purpose] = Disclosures(
                plain: FieldGroups(try Policy.names(row.value["plain"]) as [FieldGroup]),
                masked: FieldGroups(try Policy.names(row.value["masked"]) as [FieldGroup]))
        }
        self.init(
            reads: reads, changes: FieldGroups(try Policy.names(role["changes"]) as [FieldGroup]),
            duties: Set(try Policy.names(role["duties"])))
    }
}

/// What a method shows or changes, and what its params must state: the member `access` of its contract.
struct ContractGroups: Sendable {
    var shows: FieldGroups = []
    var changes: FieldGroups = []
    var duty: Duty?
    /// Whether a read must state a purpose whoever asks, and a requester.
    var needsPurpose = false
    var needsRequester = false

    init() {}

    init(_ access: Value) {
        shows = FieldGroups(Self.names(access["shows"]).compactMap { FieldGroup($0) })
        changes = FieldGroups(Self.names(access["changes"]).compactMap { FieldGroup($0) })
        duty = access["duty"]?.string.flatMap { Duty($0) }
        let needs = Self.names(access["needs"])
        needsPurpose = needs.contains("purpose")
        needsRequester = needs.contains("requester")
    }

    private static func names(_ list: Value?) -> [String] {
        list.map { $0.elements.compactMap(\.string) } ?? []
    }
}
