import Bureau
import JSON

/// What a method shows or changes, and what its params must state: the member `access` of its contract.
struct ContractGroups: Sendable {
    var shows: FieldGroups = []
    var changes: FieldGroups = []
    /// The duty that the method is part of.
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

    /// The names of the params that must be there, or fixed for the process.
    var needs: [String] { (needsPurpose ? ["purpose"] : []) + (needsRequester ? ["requester"] : []) }

    private static func names(_ list: Value?) -> [String] {
        list.map { $0.elements.compactMap(\.string) } ?? []
    }
}

extension Contract {
    /// The purposes for which the policy gives some role anything that the method shows.
    package func purposes(by policy: Policy) -> [Purpose] {
        groups.shows.isEmpty ? [] : policy.purposes(for: groups.shows)
    }

    /// Appends what the method shows, changes or serves, and for which purposes, to an object.
    package func writeAccess(_ policy: Policy, to object: inout Writer) {
        object.names("shows", groups.shows.list.map(\.rawValue))
        object.names("changes", groups.changes.list.map(\.rawValue))
        object.optional("duty", groups.duty)
        object.names("needs", groups.needs)
        object.names("purposes", purposes(by: policy).map(\.rawValue))
    }

    /// What `creditd help METHOD` says: what the method does, takes, shows and can fail with.
    package func help(by policy: PolicyFile) -> String {
        let root = document.root
        var lines = ["\(method)", "", summary]
        if let description = root["description"]?.string { lines += ["", description] }
        let required = (root["params"]?["required"].map { $0.elements.compactMap(\.string) } ?? []) + groups.needs
        let params = (root["params"].map { OpenRPCDocument.properties(of: $0) } ?? []).map { property in
            required.contains(property.name) ? property.name : "[\(property.name)]"
        }
        lines += ["", "Params: " + (params.isEmpty ? "none" : params.joined(separator: " "))]
        func add(_ title: String, _ names: [String]) {
            if !names.isEmpty { lines.append("\(title): " + names.joined(separator: " ")) }
        }
        add("Shows", groups.shows.list.map(\.rawValue))
        add("Changes", groups.changes.list.map(\.rawValue))
        add("Duty", groups.duty.map { [$0.rawValue] } ?? [])
        add("Errors", errors)
        let purposes = purposes(by: policy.policy)
        if !purposes.isEmpty {
            lines.append("Purposes, which `creditd policy` breaks down by role:")
            for item in policy.purposes where purposes.contains(item.purpose) {
                lines.append("  \(item.purpose.rawValue) (\(item.basis))")
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension Writer {
    /// Appends a list of names, unless it is empty.
    fileprivate mutating func names(_ name: StaticString, _ names: [String]) {
        if names.isEmpty { return }
        key(name)
        array { list in
            for name in names { list.string(name) }
        }
    }
}
