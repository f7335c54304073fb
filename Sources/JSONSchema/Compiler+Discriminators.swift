import JSON

extension Compiler {
    /// The first member that tells the branches apart; nil when there is none.
    mutating func discriminator(of branches: [SchemaLocation]) throws(SchemaError) -> Discriminator? {
        guard branches.count > 1, let first = branches.first else { return nil }
        candidates: for key in try requiredNames(of: first, depth: 0) {
            var choices: [Discriminator.Choice] = []
            for (branch, place) in branches.enumerated() {
                guard try requiredNames(of: place, depth: 0).contains(key) else { continue candidates }
                let values = try values(of: key, in: place, depth: 0)
                let isShared = values.contains { value in choices.contains { $0.value.isEqual(to: value) } }
                guard !values.isEmpty, !isShared else { continue candidates }
                choices += values.map { Discriminator.Choice(value: $0, branch: branch) }
            }
            return Discriminator(key: arena.store(key.utf8), choices: arena.store(choices))
        }
        return nil
    }

    /// The members that a schema requires by itself or through what it always applies.
    private mutating func requiredNames(of schema: SchemaLocation, depth: Int) throws(SchemaError) -> [String] {
        var names = schema.member(.required)?.value.elements.compactMap(\.string) ?? []
        for part in try parts(of: schema, depth: depth) { names += try requiredNames(of: part, depth: depth + 1) }
        return names
    }

    /// The only values that a schema allows for a member; none when it does not list them.
    private mutating func values(of key: String, in schema: SchemaLocation, depth: Int) throws(SchemaError) -> [Value] {
        if let member = schema.member(.properties)?.member(key) {
            if let constant = member.member(.const) { return [constant.value] }
            if let values = member.member(.enum) { return Array(values.value.elements) }
        }
        for part in try parts(of: schema, depth: depth) {
            let values = try values(of: key, in: part, depth: depth + 1)
            if !values.isEmpty { return values }
        }
        return []
    }

    /// The schemas that a schema always applies to the same value, followed for a few levels.
    private mutating func parts(of schema: SchemaLocation, depth: Int) throws(SchemaError) -> [SchemaLocation] {
        guard depth < 4 else { return [] }
        var parts = schema.subschemas(of: .allOf)
        if let place = try opened(schema).member(.ref) { parts.append(try opened(try target(of: place))) }
        return parts
    }
}
