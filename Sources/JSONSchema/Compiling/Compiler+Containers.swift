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
        let prefix = schema.subschemas(of: .prefixItems)
        rules.prefix = arena.store(try prefix.map { location throws(SchemaError) in try applied(at: location) })
        rules.rest = try restRule(at: schema.member(.items)) ?? .anything
        rules.areTracked = context.isTracked
        rules.haveItems = schema.member(.items) != nil
        if let location = schema.member(.contains) {
            rules.contains = ArrayRules.Contains(
                schema: try applied(at: location),
                minimumCount: try count(.minContains, in: schema) ?? 1,
                maximumCount: try count(.maxContains, in: schema) ?? .max)
        }
        return UnsafePointer(arena.store(one: rules))
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
        if let location = schema.member(.propertyNames) { rules.names = try applied(at: location) }
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
        for (key, location) in schema.member(.properties)?.members ?? [] {
            let node = try applied(at: location)
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
        for (member, (_, location)) in zip(object.value.members, object.members) {
            let name = try pattern(member.key, at: location)
            properties.append(ObjectRules.PatternProperty(name: name, schema: try applied(at: location)))
        }
        return properties
    }

    private mutating func dependents(of schema: SchemaLocation) throws(SchemaError) -> [ObjectRules.Dependent] {
        var dependents: [ObjectRules.Dependent] = []
        for keyword in [Keyword.dependentRequired, .dependentSchemas, .dependencies] {
            for (key, location) in schema.member(keyword)?.members ?? [] {
                let demand = try demand(of: keyword, at: location)
                dependents.append(ObjectRules.Dependent(key: arena.store(key.utf8), keyword: keyword, demand: demand))
            }
        }
        return dependents
    }

    private mutating func demand(
        of keyword: Keyword, at location: SchemaLocation
    ) throws(SchemaError) -> ObjectRules.Dependent.Demand {
        if location.value.kind == .array, keyword != .dependentSchemas {
            return .members(arena.store(try names(at: location).map { arena.store($0) }))
        }
        guard keyword != .dependentRequired else { throw location.error(.malformedKeyword) }
        return .schema(try appliedInPlace(at: location))
    }

    /// The distinct strings of an array, as UTF-8 because `String` compares é as one scalar and as two as equal.
    private func names(at location: SchemaLocation?) throws(SchemaError) -> [[UInt8]] {
        guard let location else { return [] }
        var names: [[UInt8]] = []
        var seen: Set<[UInt8]> = []
        for element in location.value.elements {
            let name = element.withUTF8 { Array($0) }
            guard element.kind == .string, seen.insert(name).inserted else { throw location.error(.malformedKeyword) }
            names.append(name)
        }
        return names
    }
}
