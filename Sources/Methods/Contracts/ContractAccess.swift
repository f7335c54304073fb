import Bureau
import JSON
import Services

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

/// What one process may do with a method, whatever the person.
public struct MethodPermission: Sendable {
    /// The access that the method's calls make, without a purpose.
    public let access: Access
    /// Whether the method reads, and so is asked for a purpose.
    public let reads: Bool
    /// The purposes for which a read is given anything.
    public let purposes: [Purpose]
    /// Whether a call is refused whatever it states.
    public let isDenied: Bool
    /// Whether a read must name a requester.
    public let needsRequester: Bool

    init(_ method: String, _ groups: ContractGroups, _ control: AccessControl) {
        let reads = !groups.shows.isEmpty
        var access = Access(method: method, groups: reads ? groups.shows : groups.changes, duty: groups.duty)
        access.requester = control.fixedRequester
        self.access = access
        self.reads = reads
        needsRequester = groups.needsRequester
        purposes = Purpose.allCases.filter { purpose in
            if let fixed = control.fixedPurpose, fixed != purpose { return false }
            access.purpose = purpose
            return reads && (try? control.disclosures(of: access).get()) != nil
        }
        isDenied = reads ? purposes.isEmpty : (try? control.permit(access).get()) == nil
    }
}

extension Contract {
    /// What a process may do with the method.
    public func permission(_ control: AccessControl) -> MethodPermission {
        MethodPermission(method, groups, control)
    }

    /// The names of the field groups that the method shows.
    public var shown: [String] { groups.shows.list.map(\.rawValue) }
    /// The names of the field groups that the method changes.
    public var changed: [String] { groups.changes.list.map(\.rawValue) }
    /// The name of the duty that the method is part of.
    public var duty: String? { groups.duty?.rawValue }
    /// The names of the params that a call states beside those that the schema requires, whoever asks.
    public var neededParams: [String] { groups.needs }

    /// The purposes for which the policy gives some role anything that the method shows.
    public func purposes(by policy: Policy) -> [Purpose] {
        groups.shows.isEmpty ? [] : policy.purposes(for: groups.shows)
    }

    /// Appends what the method shows, changes or serves, and for which purposes, to an object.
    public func writeAccess(_ policy: Policy, to object: inout Writer) {
        object.names("shows", groups.shows.list.map(\.rawValue))
        object.names("changes", groups.changes.list.map(\.rawValue))
        object.optional("duty", groups.duty)
        object.names("needs", groups.needs)
        object.names("purposes", purposes(by: policy).map(\.rawValue))
    }

    /// What `creditd help METHOD` says: what the method does, takes, shows and can fail with.
    public func help(by policy: PolicyFile) -> String {
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
