import JSON
import JSONRPC
import Methods

/// What a client in any language is written from: errors, types and methods.
public struct ClientModel: Sendable {
    /// The program's version, and the digest of the contracts, which `system.version` tells.
    let version: String
    let digest: String
    let declarations: [ClientDeclaration]
    /// By namespace, both sorted.
    let namespaces: [(name: String, methods: [ClientMethod])]

    /// `reserved` are the names that the language's runtime has for itself.
    public init(contracts: ContractSet, version: String, reserved: Set<String>) {
        var types = SchemaTypes(contracts, reserved: reserved.union(ErrorCode.allCases.map(\.className)))
        var namespaces: [(name: String, methods: [ClientMethod])] = []
        for contract in contracts.contracts {
            let method = ClientMethod(contract, &types)
            if namespaces.last?.name != method.namespace { namespaces.append((method.namespace, [])) }
            namespaces[namespaces.count - 1].methods.append(method)
        }
        self.version = version
        digest = contracts.digest
        declarations = types.declarations
        self.namespaces = namespaces
    }
}

/// One method.
struct ClientMethod: Sendable {
    enum Params: Sendable {
        /// Members of an object; several lists where one member tells which others there are.
        case members([[ClientField]], all: [ClientField])
        /// Anything that JSON has, as it is given.
        case whole
    }

    /// As on the wire: `debt.recordPayment`.
    let name: String
    let namespace: String
    let summary: String
    let errors: [ErrorCode]
    let params: Params
    let result: ClientType
    /// Whether a request may have an idempotency key.
    let takesKey: Bool
    /// Whether it cannot take effect twice, however often it is sent.
    let isRepeatable: Bool

    /// The name within its namespace: `recordPayment`.
    var shortName: String { String(name.dropFirst(namespace.count + 1)) }

    init(_ contract: Contract, _ types: inout SchemaTypes) {
        let root = contract.document.root
        let pascalCase = SchemaTypes.pascalCase(contract.method)
        name = contract.method
        namespace = contract.method.split(separator: ".").first.map(String.init) ?? ""
        summary = contract.summary
        errors = ErrorCode.allCases.filter { contract.errors.contains($0.reason) }
        takesKey = errors.contains(.idempotencyConflict)
        isRepeatable = !errors.contains(.outcomeUnknown)
        params = root["params"].map { Self.params($0, "\(pascalCase)Params", &types) } ?? .members([[]], all: [])
        result = root["result"].map { types.type(of: $0, named: "\(pascalCase)Result") } ?? .any
    }

    private static func params(_ schema: Value, _ name: String, _ types: inout SchemaTypes) -> Params {
        if schema["type"]?.kind == .array { return .whole }
        let own = types.fields(of: schema, named: name)
        guard let branches = schema["oneOf"] else { return .members([own], all: own) }
        var lists: [[ClientField]] = []
        for branch in branches.elements {
            let fields = types.fields(of: branch, named: name)
            let names = fields.map(\.name)
            lists.append(fields + own.filter { !names.contains($0.name) })
        }
        let always = schema["required"].map { $0.elements.compactMap(\.string) } ?? []
        return .members(lists, all: merged(own, lists, required: always))
    }

    /// The members of all branches, each once. One that branches know as different types is any of these.
    private static func merged(_ own: [ClientField], _ lists: [[ClientField]], required: [String]) -> [ClientField] {
        var merged: [ClientField] = []
        for field in lists.joined() where !merged.contains(where: { $0.name == field.name }) {
            let known = own.first { $0.name == field.name }?.type
            let types = lists.joined().filter { $0.name == field.name }.map(\.type)
            merged.append(
                ClientField(
                    name: field.name, type: known ?? .either(types), isRequired: required.contains(field.name),
                    text: field.text))
        }
        return merged.filter(\.isRequired) + merged.filter { !$0.isRequired }
    }
}

extension ErrorCode {
    /// The name of the error's class: `NotFound` for `not_found`.
    public var className: String { SchemaTypes.pascalCase(reason) }

    /// When the same call may succeed, made again: `always`, `never`, or where it is `repeatable`.
    var retry: String {
        switch self {
        case .storeUnavailable, .auditUnavailable, .busy: "always"
        case .outcomeUnknown, .deadlineExceeded: "repeatable"
        default: "never"
        }
    }
}
