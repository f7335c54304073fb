import JSON

extension Compiler {
    /// Compiles the keywords that apply schemas to the same value.
    mutating func applicators(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<Applicator> {
        var applicators: [Applicator] = []
        if let location = schema.member(.ref) {
            applicators.append(.reference(try appliedInPlace(at: try target(of: location)), by: .ref))
        }
        if let location = schema.member(.dynamicRef) {
            applicators.append(.reference(try appliedInPlace(at: try dynamicTarget(of: location)), by: .dynamicRef))
        }
        if let all = try branches(.allOf, of: schema) { applicators.append(.all(all.schemas)) }
        if let any = try branches(.anyOf, of: schema) { applicators.append(.any(any)) }
        if let one = try branches(.oneOf, of: schema) { applicators.append(.one(one)) }
        if let location = schema.member(.not) {
            applicators.append(.not(try appliedInPlace(at: location, as: .plain)))
        }
        if let conditional = try conditional(of: schema) { applicators.append(conditional) }
        return arena.store(applicators)
    }

    private mutating func branches(_ keyword: Keyword, of schema: SchemaLocation) throws(SchemaError) -> Branches? {
        guard let location = schema.member(keyword) else { return nil }
        let nodes = try schema.subschemas(of: keyword).map { branch throws(SchemaError) in
            try appliedInPlace(at: branch)
        }
        guard !nodes.isEmpty else { throw location.error(.malformedKeyword) }
        let discriminator = keyword == .allOf ? nil : try discriminator(of: location.elements)
        return Branches(
            schemas: arena.store(nodes), discriminator: discriminator.map { UnsafePointer(arena.store(one: $0)) },
            isTracked: context.isTracked)
    }

    private mutating func conditional(of schema: SchemaLocation) throws(SchemaError) -> Applicator? {
        guard let location = schema.member(.if) else { return nil }
        let (then, otherwise) = (schema.member(.then), schema.member(.else))
        // Without `then` and `else`, `if` matters only when evaluated members are tracked.
        guard context.isTracked || then != nil || otherwise != nil else { return nil }
        let condition = Conditional(
            condition: try appliedInPlace(at: location),
            then: try then.map { location throws(SchemaError) in try appliedInPlace(at: location) },
            otherwise: try otherwise.map { location throws(SchemaError) in try appliedInPlace(at: location) },
            isTracked: context.isTracked)
        return .conditional(UnsafePointer(arena.store(one: condition)))
    }
}

// References.
extension Compiler {
    /// The target of a reference.
    mutating func target(of reference: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let uri = URIReference(reference.value.string ?? "").resolved(against: reference.scope.base)
        guard let target = index.location(of: uri) else { throw reference.error(.unresolvedReference) }
        return target
    }

    /// The target of a `$dynamicRef` in the current dynamic scope (core §8.2.3.2).
    mutating func dynamicTarget(of reference: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        let target = try target(of: reference)
        guard let anchor = URIReference(reference.value.string ?? "").decodedFragment else { return target }
        let resource = index.scope(inside: target).resource
        guard index.dynamicAnchors(of: resource)[anchor]?.identity == target.identity,
            let outermost = context.dynamicScope[anchor]
        else { return target }
        return index.dynamicAnchors(of: outermost)[anchor] ?? target
    }

    /// Compiles `unevaluatedItems` and `unevaluatedProperties` with the rest of the schema; nil if there are none.
    mutating func unevaluated(of schema: SchemaLocation, _ role: Role) throws(SchemaError) -> Applicator? {
        let (items, properties) = (schema.member(.unevaluatedItems), schema.member(.unevaluatedProperties))
        guard items != nil || properties != nil else { return nil }
        let rules = Unevaluated(
            schema: try appliedInPlace(at: schema, as: .withoutUnevaluated), items: try restRule(at: items),
            properties: try restRule(at: properties), isTracked: role == .tracked)
        return .unevaluated(UnsafePointer(arena.store(one: rules)))
    }

    /// Compiles a keyword for the remaining elements or members; nil if the keyword is absent.
    mutating func restRule(at location: SchemaLocation?) throws(SchemaError) -> RestRule? {
        guard let location else { return nil }
        switch location.value.kind {
        case .true: return .anything
        case .false: return .nothing
        default: return .schema(try applied(at: location))
        }
    }
}

extension Compiler {
    /// Finds the first member whose value determines the branch; nil if there is none.
    mutating func discriminator(of branches: [SchemaLocation]) throws(SchemaError) -> Discriminator? {
        guard branches.count > 1 else { return nil }
        let parts = try branches.map { branch throws(SchemaError) in try self.parts(of: branch) }
        candidates: for key in parts[0].flatMap(\.requiredNames) {
            var choices: [Discriminator.Choice] = []
            for (branch, parts) in parts.enumerated() {
                guard parts.contains(where: { $0.requiredNames.contains(key) }) else { continue candidates }
                let values = parts.lazy.compactMap { $0.values(of: key) }.first ?? []
                let isShared = values.contains { value in choices.contains { $0.value.isEqual(to: value) } }
                guard !values.isEmpty, !isShared else { continue candidates }
                choices += values.map { Discriminator.Choice(value: $0, branch: branch) }
            }
            return Discriminator(key: arena.store(key.utf8), choices: arena.store(choices))
        }
        return nil
    }

    /// A schema with the schemas that it always applies to the same value, the nearest first.
    ///
    /// The number is limited, because references can make them many and discriminators are near the surface.
    private mutating func parts(of schema: SchemaLocation) throws(SchemaError) -> [SchemaLocation] {
        var parts = [try opened(schema)]
        var next = 0
        while next < parts.count, parts.count < 32 {
            let part = parts[next]
            for location in part.subschemas(of: .allOf) { parts.append(try opened(location)) }
            if let location = part.member(.ref) { parts.append(try opened(try target(of: location))) }
            next += 1
        }
        return parts
    }
}

extension SchemaLocation {
    /// The members that the schema requires, without the schemas that it applies.
    fileprivate var requiredNames: [String] { member(.required)?.value.elements.compactMap(\.string) ?? [] }

    /// The values that `const` or `enum` lists for a member; nil if there is neither.
    fileprivate func values(of key: String) -> [Value]? {
        guard let schema = member(.properties)?.member(key) else { return nil }
        if let constant = schema.member(.const) { return [constant.value] }
        return schema.member(.enum).map { Array($0.value.elements) }
    }
}
