import JSON
import JSONSchema
import Methods

/// A schema on the first line, or the name of a method for that of its params, and a value on each of the others.
package struct ValidateTarget: FuzzTarget {
    private let contracts: [String: Schema]
    /// The draft's own meta-schemas, as each interpretation reads them.
    private let drafts: [SchemaRegistry]

    package init() {
        var registry = SchemaRegistry(formats: BureauFormats.all)
        var contracts: [String: Schema] = [:]
        do {
            let files = RepositoryFiles.below("schema/rpc") + RepositoryFiles.below("schema/types")
            for file in files { try registry.register(Document(file.text), at: file.path) }
            for file in files where file.path.hasPrefix("rpc/") {
                contracts[file.name] = try registry.compile(file.path, at: "/params")
            }
            drafts = try [Interpretation.strict, .draft, .draftAssertingFormats].map(Self.draft)
        } catch {
            preconditionFailure("\(error)")
        }
        self.contracts = contracts
    }

    private static func draft(_ interpretation: Interpretation) throws -> SchemaRegistry {
        var registry = SchemaRegistry(interpretation: interpretation)
        for file in RepositoryFiles.below("schema/draft2020-12") {
            let document = try Document(file.text)
            try registry.register(document, at: document.withRoot { $0["$id"]?.string } ?? file.path)
        }
        return registry
    }

    package func run(_ input: UnsafeBufferPointer<UInt8>) {
        let lines = input.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false)
        guard let first = lines.first else { return }
        let instances = lines.dropFirst().compactMap { try? Document($0) }
        if let contract = contracts[String(decoding: first, as: UTF8.self)] {
            for instance in instances { instance.withRoot { judge($0, by: contract) } }
        } else if let document = try? Document(first) {
            for draft in drafts { judge(instances, by: document, of: draft) }
        }
    }

    private func judge(_ instances: [Document], by document: Document, of draft: SchemaRegistry) {
        do throws(SchemaError) {
            let schema = try compile(document, of: draft)
            // A reference means another schema when its own has moved into another.
            let negation = document.withRoot { root in
                root.rawText.contains(UInt8(ascii: "$")) ? nil : Self.negation(of: root)
            }
            let negated = try? negation.map { try compile($0, of: draft) }
            for instance in instances {
                instance.withRoot { value in
                    judge(value, by: schema)
                    if let negated {
                        Promise.demand(negated.accepts(value) != schema.accepts(value), "`not` turns it around")
                    }
                }
            }
        } catch {
            let place = Pointer(error.pointer)
            guard error.document == Self.uri else { return }
            document.withRoot { Promise.demand(place.leads(into: $0), "a schema's error names a place in it") }
        }
    }

    private func judge(_ value: Value, by schema: Schema) {
        let accepts = schema.accepts(value)
        let violations = schema.validate(value, tellsNames: true)
        Promise.demand(accepts == violations.isEmpty, "a value is accepted when nothing is wrong with it")
        Promise.demand(violations.count <= 16, "no more violations than asked for")
        for violation in violations {
            Promise.demand(
                Pointer(violation.instancePointer).leads(into: value), "a violation names a place in the value")
        }
        Promise.demand(schema.validate(value, maximumViolations: 1).isEmpty == accepts, "one violation is enough")
    }

    private static let uri = "fuzz:/schema"

    private func compile(_ document: Document, of draft: SchemaRegistry) throws(SchemaError) -> Schema {
        var registry = draft
        try registry.register(document, at: Self.uri)
        return try registry.compile(Self.uri)
    }

    private static func negation(of schema: Value) -> Document? {
        var writer = Writer()
        writer.object { writer in
            writer.key("not")
            writer.value(schema)
        }
        return try? Document(writer.bytes)
    }
}
