import Bureau
import JSON
import JSONRPC

/// A description of the service in OpenRPC 1.3 (https://spec.open-rpc.org), made of the contracts.
package struct OpenRPCDocument: Sendable {
    private let contracts: [Contract]
    /// Nil when the contracts come without a policy.
    private let policy: Policy?
    private let types: [(name: String, document: Document)]
    let version: String

    /// `version` is the program's.
    package init(contracts: ContractSet, version: String) {
        self.contracts = contracts.contracts
        types = contracts.types
        policy = try? contracts.policy()
        self.version = version
    }

    /// Appends the document as one JSON object.
    package func write(to writer: inout Writer) {
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
                        schemas.key(type.name)
                        Self.write(schema: type.document.root, to: &schemas)
                    }
                }
            }
        }
    }

    private func write(_ contract: Contract, to list: inout Writer) {
        let root = contract.document.root
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
                    let isRequired = required.contains(property.name)
                    Self.write(parameter: property.name, property.schema, isRequired: isRequired, to: &params)
                }
            }
            method.key("result")
            method.object { result in
                result.member("name", "result")
                result.key("schema")
                if let schema = root["result"] { Self.write(schema: schema, to: &result) } else { result.bool(true) }
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

    private static func write(parameter name: String, _ schema: Value, isRequired: Bool, to list: inout Writer) {
        list.object { parameter in
            parameter.member("name", name)
            parameter.member("required", isRequired)
            parameter.key("schema")
            write(schema: schema, to: &parameter)
        }
    }

    /// Appends a schema whose references point to the types within this document.
    private static func write(schema: Value, to writer: inout Writer) {
        switch schema.kind {
        case .object:
            writer.object { object in
                for member in schema.members {
                    guard let key = member.key.string else { continue }
                    object.key(key)
                    if key == "$ref", let target = member.value.string {
                        object.string("#/components/schemas/\(typeName(target))")
                    } else {
                        write(schema: member.value, to: &object)
                    }
                }
            }
        case .array:
            writer.array { array in
                for element in schema.elements { write(schema: element, to: &array) }
            }
        default:
            writer.value(schema)
        }
    }

    /// The name of the type that a reference points to: `cpf` for `../types/cpf.json`.
    private static func typeName(_ reference: String) -> Substring {
        let file = reference.split(separator: "/").last ?? ""
        return file.hasSuffix(".json") ? file.dropLast(".json".count) : file
    }
}
