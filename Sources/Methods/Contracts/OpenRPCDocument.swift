import Bureau
import JSON
import JSONRPC

/// A description of the service in OpenRPC 1.3 (https://spec.open-rpc.org), made of the contracts.
public struct OpenRPCDocument: Sendable {
    private let contracts: [Contract]
    /// Nil when the contracts come without a policy.
    private let policy: Policy?
    private let types: [(name: String, document: Document)]
    /// Writes schemas with references into this document.
    let schemas: OpenRPCSchemas
    let version: String

    /// `version` is the program's.
    public init(contracts: ContractSet, version: String) {
        self.contracts = contracts.contracts
        types = contracts.types
        schemas = OpenRPCSchemas(components: Set(contracts.types.map { Self.componentName($0.name) }))
        policy = try? contracts.policy()
        self.version = version
    }

    /// Appends the document as one JSON object.
    public func write(to writer: inout Writer) {
        writer.object { document in
            document.member("openrpc", "1.3.2")
            document.key("info")
            document.object { info in
                info.member("title", "creditd")
                info.member("version", version)
                info.member(
                    "description",
                    "A credit bureau's data from three stores, as newline-delimited JSON-RPC 2.0. Params are by name.")
            }
            document.key("methods")
            document.array { list in
                for contract in contracts { write(contract, to: &list) }
            }
            document.key("components")
            document.object { components in
                components.key("schemas")
                components.object { schemas in
                    for type in types {
                        let name = Self.componentName(type.name)
                        schemas.key(name)
                        self.schemas.write(component: type.document.root, named: name, to: &schemas)
                    }
                }
            }
        }
    }

    /// The name of a shared type as a component: `CardLast4` for `card-last4`. Generators make it the name of a type.
    public static func componentName(_ type: some StringProtocol) -> String {
        type.split { "-._".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private func write(_ contract: Contract, to list: inout Writer) {
        let root = contract.document.root
        let title = Self.componentName(contract.method)
        list.object { method in
            method.member("name", contract.method)
            method.member("summary", contract.summary)
            method.optional("description", root["description"]?.string)
            method.member("paramStructure", "by-name")
            if let policy, let access = root["access"], access.kind == .object {
                method.key("x-access")
                method.object { contract.writeAccess(policy, to: &$0) }
            }
            method.key("params")
            method.array { params in
                guard let schema = root["params"] else { return }
                let required =
                    (schema["required"].map { $0.elements.compactMap(\.string) } ?? []) + contract.groups.needs
                for property in Self.properties(of: schema) {
                    params.object { parameter in
                        parameter.member("name", property.name)
                        parameter.member("required", required.contains(property.name))
                        parameter.key("schema")
                        schemas.write(
                            property.schema, titled: title + "Params" + Self.componentName(property.name),
                            to: &parameter)
                    }
                }
            }
            method.key("result")
            method.object { result in
                result.member("name", "result")
                result.key("schema")
                if let schema = root["result"] {
                    schemas.write(schema, titled: title + "Result", to: &result)
                } else {
                    result.bool(true)
                }
            }
            method.key("errors")
            method.array { errors in
                for code in ErrorCode.allCases where contract.errors.contains(code.reason) {
                    errors.object { error in
                        error.member("code", Int64(code.rawValue))
                        error.member("message", code.message)
                        error.key("data")
                        error.object { $0.member("reason", code.reason) }
                    }
                }
            }
            method.key("examples")
            method.array { examples in
                for example in contract.examples { write(example, to: &examples) }
            }
        }
    }

    /// The members that params can have: first the schema's own, then those of the branches of its `oneOf`.
    static func properties(of schema: Value) -> [(name: String, schema: Value)] {
        var found: [(name: String, schema: Value)] = []
        let branches = schema["oneOf"].map { Array($0.elements) } ?? []
        for source in [schema] + branches {
            for property in source["properties"].map({ Array($0.members) }) ?? [] {
                guard let name = property.key.string, !found.contains(where: { $0.name == name }) else { continue }
                found.append((name, property.value))
            }
        }
        return found
    }
}
