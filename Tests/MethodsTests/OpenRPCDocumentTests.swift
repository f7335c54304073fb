import JSON
import Testing

@testable import Methods

@Suite("OpenRPCDocument")
struct OpenRPCDocumentTests {
    private let text: Text
    private let served: ServedMethods

    init() throws {
        let served = try ServedMethods()
        self.served = served
        text = Text { OpenRPCDocument(contracts: served.contracts, version: "1.2.3").write(to: &$0) }
    }

    @Test("it is one JSON text with the version, all methods and all types")
    func parts() throws {
        try text.parse { root in
            #expect(root.duplicateKey == nil)
            #expect(root["openrpc"]?.string == "1.3.2" && root["info"]?["version"]?.string == "1.2.3")
            let methods = try #require(root["methods"])
            let names = methods.elements.compactMap { $0["name"]?.string }
            #expect(names == served.contracts.contracts.map(\.method))
            #expect(root["components"]?["schemas"]?.count == served.contracts.types.count)
        }
    }

    @Test("every reference leads to a schema of the document")
    func references() throws {
        try text.parse { root in
            let names = try #require(root["components"]?["schemas"]).members.compactMap(\.key.string)
            let known = Set(names.map { "#/components/schemas/\($0)" })
            let references = self.references(in: root)
            #expect(references.count > 50)
            #expect(Set(references).subtracting(known).isEmpty)
        }
    }

    @Test("a method has the params of its contract, by name, with the required ones marked")
    func params() throws {
        try text.parse { root in
            let methods = try #require(root["methods"])
            for (method, contract) in zip(methods.elements, served.contracts.contracts) {
                let schema = try #require(contract.document.root["params"])
                let properties = members(of: schema)
                let required = schema["required"].map { Set($0.elements.compactMap(\.string)) } ?? []
                let params = try #require(method["params"])
                let names = params.elements.compactMap { $0["name"]?.string }
                #expect(Set(names) == properties && names.count == properties.count)
                let told = params.elements.filter { $0["required"]?.bool == true }.compactMap { $0["name"]?.string }
                #expect(Set(told) == required.union(contract.groups.needs))
                #expect((method["x-access"] != nil) == (contract.document.root["access"] != nil))
                #expect(params.elements.allSatisfy { $0["schema"] != nil })
                #expect(method["result"]?["schema"] != nil && method["paramStructure"]?.string == "by-name")
                let errors = try #require(method["errors"])
                #expect(
                    Set(errors.elements.compactMap { $0["data"]?["reason"]?.string }) == Set(contract.errors))
            }
        }
    }

    @Test("every member that a method requires is among its params")
    func requiredParams() throws {
        try text.parse { root in
            for (method, contract) in zip(try #require(root["methods"]).elements, served.contracts.contracts) {
                let required = contract.document.root["params"]?["required"].map { $0.elements.compactMap(\.string) }
                let told = method["params"].map { Set($0.elements.compactMap { $0["name"]?.string }) } ?? []
                #expect(told.isSuperset(of: required ?? []), "\(contract.method)")
            }
        }
    }

    @Test("a component's name is in PascalCase, and its title")
    func components() throws {
        try text.parse { root in
            let schemas = try #require(root["components"]?["schemas"])
            for member in schemas.members {
                let name = try #require(member.key.string)
                #expect(try name.wholeMatch(of: Regex("[A-Z][A-Za-z0-9]*")) != nil, "\(name)")
                #expect(member.value["title"]?.string == name)
            }
        }
    }

    @Test("each schema has a title of its own, unless it is a reference")
    func titles() throws {
        try text.parse { root in
            var schemas = try #require(root["components"]?["schemas"]).members.map(\.value)
            for method in try #require(root["methods"]).elements {
                schemas += try #require(method["params"]).elements.compactMap { $0["schema"] }
                schemas += [try #require(method["result"]?["schema"])]
            }
            var seen: Set<String> = []
            while let schema = schemas.popLast() {
                guard schema.kind == .object else { continue }
                schemas += inner(of: schema)
                if schema["$ref"] != nil { continue }
                let title = try #require(schema["title"]?.string)
                #expect(seen.insert(title).inserted, "\(title)")
            }
            #expect(seen.count > 200)
        }
    }

    @Test("a method has the examples of its contract, each with its params and its result or error")
    func examples() throws {
        try text.parse { root in
            for (method, contract) in zip(try #require(root["methods"]).elements, served.contracts.contracts) {
                let told = Array(try #require(method["examples"]).elements)
                let examples = Array(try #require(contract.document.root["examples"]).elements)
                #expect(told.count == examples.count && !told.isEmpty)
                for (pairing, example) in zip(told, examples) {
                    #expect(pairing["name"]?.string == example["name"]?.string)
                    let params = try #require(example["params"])
                    let values = Array(try #require(pairing["params"]).elements)
                    let given = params.kind == .array ? Array(params.elements) : params.members.map(\.value)
                    #expect(values.count == given.count)
                    #expect(zip(values, given).allSatisfy { $0["value"] == $1 })
                    #expect(pairing["result"]?["value"] == example["result"])
                    #expect(pairing["x-error"] == example["error"] && pairing["x-takes"] == example["takes"])
                    #expect(pairing["x-given"] == example["given"] && pairing["x-varies"] == example["varies"])
                }
            }
        }
    }

    @Test("it is one line")
    func oneLine() { #expect(!text.bytes.contains(UInt8(ascii: "\n"))) }

    /// The schemas that lie in a schema.
    private func inner(of schema: Value) -> [Value] {
        let named = ["properties", "dependentSchemas"].flatMap { schema[$0].map { $0.members.map(\.value) } ?? [] }
        let listed = ["oneOf", "anyOf", "allOf"].flatMap { schema[$0].map { Array($0.elements) } ?? [] }
        let own = ["items", "if", "then", "else", "propertyNames", "additionalProperties"].compactMap { schema[$0] }
        return named + listed + own
    }

    /// The members that an object may have by its schema, or by a branch of its `oneOf`.
    private func members(of schema: Value) -> Set<String> {
        let own = schema["properties"].map { $0.members.compactMap(\.key.string) } ?? []
        let branches = schema["oneOf"].map { $0.elements.flatMap { members(of: $0) } } ?? []
        return Set(own + branches)
    }

    private func references(in value: Value) -> [String] {
        let own = value["$ref"]?.string.map { [$0] } ?? []
        let inner = value.members.flatMap { references(in: $0.value) } + value.elements.flatMap { references(in: $0) }
        return own + inner
    }
}
