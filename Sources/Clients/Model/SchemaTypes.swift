import JSON
import Methods

/// Reads schemas as types, and collects the types with names, each after those that it refers to.
///
/// What only a validator can tell (formats, limits, conditions) is left to the daemon.
struct SchemaTypes {
    private let types: [String: Document]
    private(set) var declarations: [ClientDeclaration] = []
    /// The names that are given away, among them those of the clients' own classes.
    private var taken: Set<String>
    private var names: [String: String] = [:]

    init(_ contracts: ContractSet, reserved: Set<String>) {
        types = Dictionary(contracts.types.map { ($0.name, $0.document) }, uniquingKeysWith: { first, _ in first })
        taken = reserved
        // Shared types are named first, so that no inline one takes their names.
        for type in contracts.types { names[type.name] = uniqueName(Self.pascalCase(type.name)) }
    }

    /// The type of a schema; an object within it that has no name of its own is named `name`.
    mutating func type(of schema: Value, named name: String) -> ClientType {
        if let reference = schema["$ref"]?.string { return named(reference) }
        if let literal = schema["const"] { return .literals([Self.literal(literal)]) }
        if let values = schema["enum"] { return .literals(values.elements.map(Self.literal)) }
        if schema["properties"] == nil, let branches = schema["anyOf"] ?? schema["oneOf"] {
            var parts: [ClientType] = []
            for (index, branch) in branches.elements.enumerated() {
                parts.append(type(of: branch, named: "\(name)\(index + 1)"))
            }
            return .either(parts)
        }
        let kinds = schema["type"].map { $0.kind == .array ? Array($0.elements) : [$0] } ?? []
        if kinds.isEmpty { return .any }
        var parts: [ClientType] = []
        for kind in kinds { parts.append(type(kind.string ?? "", schema, named: name)) }
        return .either(parts)
    }

    private mutating func type(_ kind: String, _ schema: Value, named name: String) -> ClientType {
        switch kind {
        case "null": return .null
        case "boolean": return .boolean
        case "integer": return .integer
        case "number": return .number
        case "string": return .string
        case "array":
            guard let items = schema["items"] else { return .list(.any) }
            return .list(type(of: items, named: "\(name)Item"))
        case "object":
            guard schema["properties"] != nil else {
                guard let values = schema["additionalProperties"], values.kind == .object else { return .map(.any) }
                return .map(type(of: values, named: "\(name)Value"))
            }
            let name = uniqueName(name)
            declare(name, schema["description"]?.string, .record(fields(of: schema, named: name)))
            return .named(name)
        default: return .any
        }
    }

    /// The members of an object's schema. What another branch of the same object requires counts as optional.
    mutating func fields(of schema: Value, named name: String) -> [ClientField] {
        let required = schema["required"].map { $0.elements.compactMap(\.string) } ?? []
        var fields: [ClientField] = []
        for member in schema["properties"].map({ Array($0.members) }) ?? [] {
            guard let key = member.key.string else { continue }
            fields.append(
                ClientField(
                    name: key, type: type(of: member.value, named: name + Self.pascalCase(key)),
                    isRequired: required.contains(key), text: member.value["description"]?.string))
        }
        return fields
    }

    /// The shared type that a reference points to: `cpf` for `../types/cpf.json`.
    private mutating func named(_ reference: String) -> ClientType {
        let file = reference.split(separator: "/").last.map(String.init) ?? ""
        let key = file.hasSuffix(".json") ? String(file.dropLast(".json".count)) : file
        guard let document = types[key], let name = names[key] else { return .any }
        if declarations.contains(where: { $0.name == name }) { return .named(name) }
        let root = document.root
        let text = root["description"]?.string
        let isOrNull = root["type"]?.elements.contains { $0.equals("null") } ?? false
        if root["properties"] != nil, !isOrNull {
            declare(name, text, .record(fields(of: root, named: name)))
        } else {
            declare(name, text, .alias(type(of: root, named: "\(name)Object")))
        }
        return .named(name)
    }

    private mutating func declare(_ name: String, _ text: String?, _ shape: ClientDeclaration.Shape) {
        declarations.append(ClientDeclaration(name: name, text: text, shape: shape))
    }

    private mutating func uniqueName(_ name: String) -> String {
        var unique = name
        while !taken.insert(unique).inserted { unique += "Value" }
        return unique
    }

    private static func literal(_ value: Value) -> ClientType.Literal {
        switch value.kind {
        case .string: .string(value.string ?? "")
        case .number: .integer(value.int64 ?? 0)
        case .true: .boolean(true)
        case .false: .boolean(false)
        default: .null
        }
    }

    /// `PersonPatch` for `person-patch`, `DebtRecordPayment` for `debt.recordPayment`.
    static func pascalCase(_ name: String) -> String {
        name.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
