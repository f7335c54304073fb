import JSON

extension Compiler {
    /// The keywords that apply schemas to the same value.
    mutating func applicators(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<Applicator> {
        var applicators: [Applicator] = []
        if let place = schema.member(.ref) {
            let target = try node(at: try target(of: place))
            try note(schema, applies: [target])
            applicators.append(.reference(target))
        }
        if let all = try branches(.allOf, of: schema) { applicators.append(.all(all.schemas)) }
        if let any = try branches(.anyOf, of: schema) { applicators.append(.any(any)) }
        if let one = try branches(.oneOf, of: schema) { applicators.append(.one(one)) }
        if let excluded = try node(of: .not, in: schema) {
            try note(schema, applies: [excluded])
            applicators.append(.not(excluded))
        }
        if let condition = try node(of: .if, in: schema) {
            let (then, otherwise) = (try node(of: .then, in: schema), try node(of: .else, in: schema))
            try note(schema, applies: [condition] + [then, otherwise].compactMap { $0 })
            applicators.append(.conditional(if: condition, then: then, else: otherwise))
        }
        return arena.store(applicators)
    }

    private mutating func branches(
        _ keyword: Keyword, of schema: SchemaLocation
    ) throws(SchemaError) -> Applicator.Branches? {
        guard let place = schema.member(keyword) else { return nil }
        let nodes = try nodes(of: keyword, in: schema)
        guard !nodes.isEmpty else { throw place.error(.malformedKeyword) }
        try note(schema, applies: nodes)
        let discriminator = keyword == .allOf ? nil : try discriminator(of: place.elements)
        return Applicator.Branches(
            schemas: arena.store(nodes), discriminator: discriminator.map { UnsafePointer(arena.store(one: $0)) })
    }

    /// The place to which a `$ref` leads.
    func target(of reference: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let uri = URIReference(reference.value.string ?? "").resolved(against: reference.base)
        guard let target = index.location(of: uri) else { throw reference.error(.unresolvedReference) }
        return target
    }
}
