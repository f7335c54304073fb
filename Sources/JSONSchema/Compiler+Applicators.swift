import JSON

extension Compiler {
    /// The keywords that apply schemas to the same value.
    mutating func applicators(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<Applicator> {
        var applicators: [Applicator] = []
        if let place = schema.member(.ref) {
            applicators.append(.reference(try appliedInPlace(at: try target(of: place)), by: .ref))
        }
        if let place = schema.member(.dynamicRef) {
            applicators.append(.reference(try appliedInPlace(at: try dynamicTarget(of: place)), by: .dynamicRef))
        }
        if let all = try branches(.allOf, of: schema) { applicators.append(.all(all.schemas)) }
        if let any = try branches(.anyOf, of: schema) { applicators.append(.any(any)) }
        if let one = try branches(.oneOf, of: schema) { applicators.append(.one(one)) }
        if let place = schema.member(.not) {
            applicators.append(.not(try appliedInPlace(at: place, as: .plain)))
        }
        if let conditional = try conditional(of: schema) { applicators.append(conditional) }
        return arena.store(applicators)
    }

    private mutating func branches(
        _ keyword: Keyword, of schema: SchemaLocation
    ) throws(SchemaError) -> Applicator.Branches? {
        guard let place = schema.member(keyword) else { return nil }
        var nodes: [Node.Pointer] = []
        for branch in schema.subschemas(of: keyword) { nodes.append(try appliedInPlace(at: branch)) }
        guard !nodes.isEmpty else { throw place.error(.malformedKeyword) }
        let discriminator = keyword == .allOf ? nil : try discriminator(of: place.elements)
        return Applicator.Branches(
            schemas: arena.store(nodes), discriminator: discriminator.map { UnsafePointer(arena.store(one: $0)) },
            isTracked: context.isTracked)
    }

    private mutating func conditional(of schema: SchemaLocation) throws(SchemaError) -> Applicator? {
        guard let place = schema.member(.if) else { return nil }
        let (then, otherwise) = (schema.member(.then), schema.member(.else))
        // Without the two, all that `if` can do is to evaluate members for an `unevaluated…`.
        guard context.isTracked || then != nil || otherwise != nil else { return nil }
        let condition = Applicator.Conditional(
            condition: try appliedInPlace(at: place), then: try appliedInPlace(ifAt: then),
            otherwise: try appliedInPlace(ifAt: otherwise), isTracked: context.isTracked)
        return .conditional(UnsafePointer(arena.store(one: condition)))
    }

    private mutating func appliedInPlace(ifAt place: SchemaLocation?) throws(SchemaError) -> Node.Pointer? {
        guard let place else { return nil }
        return try appliedInPlace(at: place)
    }
}

// References.
extension Compiler {
    /// The place to which a `$ref` leads.
    mutating func target(of reference: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let uri = URIReference(reference.value.string ?? "").resolved(against: reference.scope.base)
        guard let target = index.location(of: uri) else { throw reference.error(.unresolvedReference) }
        return target
    }

    /// The place to which a `$dynamicRef` leads in the present dynamic scope (core §8.2.3.2).
    mutating func dynamicTarget(of reference: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let target = try target(of: reference)
        guard let anchor = URIReference(reference.value.string ?? "").decodedFragment else { return target }
        let resource = index.scope(inside: target).resource
        guard index.dynamicAnchors(of: resource)[anchor]?.identity == target.identity,
            let outermost = context.dynamicScope.resource(with: anchor)
        else { return target }
        return index.dynamicAnchors(of: outermost)[anchor] ?? target
    }
}
