import JSON

extension Compiler {
    /// The keywords for arrays; nil when there are none.
    mutating func arrayRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafePointer<ArrayRules>? {
        let keywords: [Keyword] = [.minItems, .maxItems, .uniqueItems, .prefixItems, .items, .contains]
        guard keywords.contains(where: { schema.member($0) != nil }) else { return nil }
        var rules = ArrayRules()
        rules.minimumCount = try count(.minItems, in: schema) ?? 0
        rules.maximumCount = try count(.maxItems, in: schema) ?? .max
        rules.areUnique = schema.member(.uniqueItems)?.value.bool ?? false
        rules.prefix = arena.store(try nodes(of: .prefixItems, in: schema))
        rules.rest = try remainder(.items, in: schema)
        if let contained = try node(of: .contains, in: schema) {
            rules.contains = ArrayRules.Contains(
                schema: contained,
                minimumCount: try count(.minContains, in: schema) ?? 1,
                maximumCount: try count(.maxContains, in: schema) ?? .max)
        }
        return UnsafePointer(arena.store(one: rules))
    }

    /// The keywords for objects; nil when there are none.
    mutating func objectRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafePointer<ObjectRules>? {
        let keywords: [Keyword] = [
            .properties, .required, .additionalProperties, .propertyNames, .minProperties, .maxProperties,
            .dependentRequired, .dependentSchemas,
        ]
        guard keywords.contains(where: { schema.member($0) != nil }) else { return nil }
        var rules = ObjectRules()
        rules.properties = arena.store(try properties(of: schema))
        for (index, property) in rules.properties.prefix(64).enumerated() where property.isRequired {
            rules.requiredMask |= 1 << UInt64(index)
        }
        rules.rest = try remainder(.additionalProperties, in: schema)
        rules.names = try node(of: .propertyNames, in: schema)
        rules.minimumCount = try count(.minProperties, in: schema) ?? 0
        rules.maximumCount = try count(.maxProperties, in: schema) ?? .max
        rules.dependents = arena.store(try dependents(of: schema))
        return UnsafePointer(arena.store(one: rules))
    }

    private mutating func remainder(_ keyword: Keyword, in schema: SchemaLocation) throws(SchemaError) -> Remainder {
        guard let place = schema.member(keyword) else { return .anything }
        switch place.value.kind {
        case .true: return .anything
        case .false: return .nothing
        default: return .schema(try node(at: place))
        }
    }

    /// `properties` in their order, and after them those that are only required.
    private mutating func properties(of schema: SchemaLocation) throws(SchemaError) -> [ObjectRules.Property] {
        var properties: [ObjectRules.Property] = []
        var required = try names(at: schema.member(.required))
        for (key, place) in schema.member(.properties)?.members ?? [] {
            let node = try node(at: place)
            let key = Array(key.utf8)
            let isRequired = required.contains(key)
            required.removeAll { $0 == key }
            properties.append(ObjectRules.Property(key: arena.store(key), schema: node, isRequired: isRequired))
        }
        for key in required {
            properties.append(ObjectRules.Property(key: arena.store(key), schema: nil, isRequired: true))
        }
        return properties
    }

    private mutating func dependents(of schema: SchemaLocation) throws(SchemaError) -> [ObjectRules.Dependent] {
        var dependents: [ObjectRules.Dependent] = []
        for (key, place) in schema.member(.dependentRequired)?.members ?? [] {
            guard place.value.kind == .array else { throw place.error(.malformedKeyword) }
            let required = try names(at: place).map { arena.store($0) }
            dependents.append(.members(key: arena.store(key.utf8), required: arena.store(required)))
        }
        for (key, place) in schema.member(.dependentSchemas)?.members ?? [] {
            let node = try node(at: place)
            dependents.append(.schema(key: arena.store(key.utf8), node))
            try note(schema, applies: [node])
        }
        return dependents
    }

    /// An array of different strings, as UTF-8: a `String` would take é as one scalar and as two for the same.
    private func names(at place: SchemaLocation?) throws(SchemaError) -> [[UInt8]] {
        guard let place else { return [] }
        var names: [[UInt8]] = []
        for element in place.value.elements {
            let name = element.withUTF8 { Array($0) }
            guard element.kind == .string, !names.contains(name) else { throw place.error(.malformedKeyword) }
            names.append(name)
        }
        return names
    }
}
