import JSON

/// The members that a row of a kind may have, as the contract of the kind's method lists them.
public struct RowMembers: Sendable {
    /// How the field of a CSV column becomes a JSON value.
    public enum Form: Sendable {
        case text, number, boolean
        /// The field is a JSON text: an array or an object.
        case json
    }

    public struct Member: Sendable {
        /// The name of a CSV column, such as `address.street`.
        public let name: String
        /// Where the member lies in the params.
        public let path: [String]
        public let form: Form
    }

    public private(set) var members: [Member] = []

    /// Reads the contract of the kind's method; `file` gives the text of a schema file by its path.
    ///
    /// Nil when a file is not there or is no schema.
    public init?(of kind: ImportKind, file: (String) -> [UInt8]?) {
        guard let text = file("rpc/\(kind.method).json"), let contract = try? Document(text) else { return nil }
        let isWhole = contract.withRoot { root in
            root["params"].map { add($0, at: [], depth: 0, file) } ?? false
        }
        guard isWhole else { return nil }
        guard let nested = kind.nestedMember.map({ "\($0)" }) else { return }
        members = members.compactMap { member in
            if member.path == [nested] { return nil }
            guard member.path.first == nested else { return member }
            return Member(name: member.path.dropFirst().joined(separator: "."), path: member.path, form: member.form)
        }
    }

    public func member(named name: String) -> Member? { members.first { $0.name == name } }

    /// Adds what a schema describes; false when a file that it refers to cannot be read.
    private mutating func add(
        _ schema: Value, at path: [String], depth: Int, _ file: (String) -> [UInt8]?
    ) -> Bool {
        guard depth < 16 else { return false }
        if let reference = schema["$ref"]?.string {
            // All references of contracts lead to a file of `types/`.
            let name = reference.split(separator: "/").last ?? ""
            guard let text = file("types/\(name)"), let document = try? Document(text) else { return false }
            return document.withRoot { add($0, at: path, depth: depth + 1, file) }
        }
        let form = Self.form(of: schema)
        let name = path.joined(separator: ".")
        if !path.isEmpty, member(named: name) == nil {
            members.append(Member(name: name, path: path, form: form))
        }
        if let properties = schema["properties"] {
            for member in properties.members {
                guard let key = member.key.string else { return false }
                if !add(member.value, at: path + [key], depth: depth + 1, file) { return false }
            }
        }
        guard let branches = schema["oneOf"] else { return true }
        return branches.elements.allSatisfy { add($0, at: path, depth: depth + 1, file) }
    }

    private static func form(of schema: Value) -> Form {
        let type = schema["type"].map { $0.kind == .array ? $0.elements.first { _ in true } ?? $0 : $0 }
        switch type?.string {
        case "integer", "number": return .number
        case "boolean": return .boolean
        case "array", "object": return .json
        default: return schema["properties"] == nil ? .text : .json
        }
    }
}
