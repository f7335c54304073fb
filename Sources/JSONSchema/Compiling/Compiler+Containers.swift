import JSON

extension Compiler {
    /// Compiles the keywords for arrays; nil if there are none.
    mutating func arrayRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafePointer<ArrayRules>? {
        let keywords: [Keyword] = [.minItems, .maxItems, .uniqueItems, .prefixItems, .items, .contains]
        guard keywords.contains(where: { schema.member($0) != nil }) else { return nil }
        var rules = ArrayRules()
        rules.minimumCount = try count(.minItems, in: schema) ?? 0
        rules.maximumCount = try count(.maxItems, in: schema) ?? .max
        rules.areUnique = schema.member(.uniqueItems)?.value.bool ?? false
        rules.prefix = arena.store(try prefix(of: schema))
        rules.rest = try restRule(at: schema.member(.items)) ?? .anything
        rules.areTracked = context.isTracked
        rules.haveItems = schema.member(.items) != nil
        if let place = schema.member(.contains) {
            rules.contains = ArrayRules.Contains(
                schema: try applied(at: place),
                minimumCount: try count(.minContains, in: schema) ?? 1,
                maximumCount: try count(.maxContains, in: schema) ?? .max)
        }
        return UnsafePointer(arena.store(one: rules))
    }

    private mutating func prefix(of schema: SchemaLocation) throws(SchemaError) -> [Node.Pointer] {
        var nodes: [Node.Pointer] = []
        for place in schema.subschemas(of: .prefixItems) { nodes.append(try applied(at: place)) }
        return nodes
    }

    /// Compiles the keywords for objects; nil if there are none.
    mutating func objectRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafePointer<ObjectRules>? {
        let keywords: [Keyword] = [
            .properties, .required, .patternProperties, .additionalProperties, .propertyNames, .minProperties,
            .maxProperties, .dependentRequired, .dependentSchemas, .dependencies,
        ]
        guard keywords.contains(where: { schema.member($0) != nil }) else { return nil }
        var rules = ObjectRules()
        rules.properties = arena.store(try properties(of: schema))
        for (index, property) in rules.properties.prefix(64).enumerated() where property.isRequired {
            rules.requiredMask |= 1 << UInt64(index)
        }
        rules.patterns = arena.store(try patternProperties(of: schema))
        rules.rest = try restRule(at: schema.member(.additionalProperties)) ?? .anything
        if let place = schema.member(.propertyNames) { rules.names = try applied(at: place) }
        rules.minimumCount = try count(.minProperties, in: schema) ?? 0
        rules.maximumCount = try count(.maxProperties, in: schema) ?? .max
        rules.dependents = arena.store(try dependents(of: schema))
        if context.isTracked {
            rules.evaluates = schema.member(.additionalProperties) == nil ? .namedMembers : .allMembers
        }
        rules.arePlain = rules.patterns.isEmpty && !context.isTracked
        return UnsafePointer(arena.store(one: rules))
    }

    /// Compiles `properties` in order, followed by members that are only under `required`.
    private mutating func properties(of schema: SchemaLocation) throws(SchemaError) -> [ObjectRules.Property] {
        var properties: [ObjectRules.Property] = []
        let required = try names(at: schema.member(.required))
        var onlyRequired = Set(required)
        for (key, place) in schema.member(.properties)?.members ?? [] {
            let node = try applied(at: place)
            let key = Array(key.utf8)
            let isRequired = onlyRequired.remove(key) != nil
            properties.append(ObjectRules.Property(key: arena.store(key), schema: node, isRequired: isRequired))
        }
        for key in required where onlyRequired.contains(key) {
            properties.append(ObjectRules.Property(key: arena.store(key), schema: nil, isRequired: true))
        }
        return properties
    }

    private mutating func patternProperties(
        of schema: SchemaLocation
    ) throws(SchemaError) -> [ObjectRules.PatternProperty] {
        guard let object = schema.member(.patternProperties) else { return [] }
        var properties: [ObjectRules.PatternProperty] = []
        for (member, (_, place)) in zip(object.value.members, object.members) {
            let name = try pattern(member.key, at: place)
            properties.append(ObjectRules.PatternProperty(name: name, schema: try applied(at: place)))
        }
        return properties
    }

    private mutating func dependents(of schema: SchemaLocation) throws(SchemaError) -> [ObjectRules.Dependent] {
        var dependents: [ObjectRules.Dependent] = []
        for keyword in [Keyword.dependentRequired, .dependentSchemas, .dependencies] {
            for (key, place) in schema.member(keyword)?.members ?? [] {
                let demand = try demand(of: keyword, at: place)
                dependents.append(ObjectRules.Dependent(key: arena.store(key.utf8), keyword: keyword, demand: demand))
            }
        }
        return dependents
    }

    private mutating func demand(
        of keyword: Keyword, at place: SchemaLocation
    ) throws(SchemaError) -> ObjectRules.Dependent.Demand {
        if place.value.kind == .array, keyword != .dependentSchemas {
            return .members(arena.store(try names(at: place).map { arena.store($0) }))
        }
        guard keyword != .dependentRequired else { throw place.error(.malformedKeyword) }
        return .schema(try appliedInPlace(at: place))
    }

    /// The distinct strings of an array, as UTF-8 because `String` compares é as one scalar and as two as equal.
    private func names(at place: SchemaLocation?) throws(SchemaError) -> [[UInt8]] {
        guard let place else { return [] }
        var names: [[UInt8]] = []
        var seen: Set<[UInt8]> = []
        for element in place.value.elements {
            let name = element.withUTF8 { Array($0) }
            guard element.kind == .string, seen.insert(name).inserted else { throw place.error(.malformedKeyword) }
            names.append(name)
        }
        return names
    }
}
