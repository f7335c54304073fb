import JSON

extension Compiler {
    /// The first member that tells the branches apart; nil when there is none.
    mutating func discriminator(of branches: [SchemaLocation]) throws(SchemaError) -> Discriminator? {
        guard branches.count > 1 else { return nil }
        var parts: [[SchemaLocation]] = []
        for branch in branches { parts.append(try self.parts(of: branch)) }
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

    /// A schema with those that it always applies to the same value, the nearest first: a few of them, for a
    /// discriminator lies near the surface, and references can make them many.
    private mutating func parts(of schema: SchemaLocation) throws(SchemaError) -> [SchemaLocation] {
        var parts = [try opened(schema)]
        var next = 0
        while next < parts.count, parts.count < 32 {
            let part = parts[next]
            for place in part.subschemas(of: .allOf) { parts.append(try opened(place)) }
            if let place = part.member(.ref) { parts.append(try opened(try target(of: place))) }
            next += 1
        }
        return parts
    }
}

extension SchemaLocation {
    /// The members that the schema itself requires.
    fileprivate var requiredNames: [String] { member(.required)?.value.elements.compactMap(\.string) ?? [] }

    /// The only values that the schema itself allows for a member; nil when it does not list them.
    fileprivate func values(of key: String) -> [Value]? {
        guard let schema = member(.properties)?.member(key) else { return nil }
        if let constant = schema.member(.const) { return [constant.value] }
        return schema.member(.enum).map { Array($0.value.elements) }
    }
}
