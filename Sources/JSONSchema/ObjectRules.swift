import JSON

/// What a schema asks of an object (core §10.3.2, validation §6.5).
struct ObjectRules {
    /// Whether no name is matched, and it does not matter which members these rules evaluate: so it nearly always is.
    var arePlain = true
    /// The members that the schema names, under `properties` or `required`.
    var properties = UnsafeBufferPointer<Property>(start: nil, count: 0)
    /// Which of the first 64 properties are required, a bit for each.
    var requiredMask: UInt64 = 0
    /// What the members must be of which the names match.
    var patterns = UnsafeBufferPointer<PatternProperty>(start: nil, count: 0)
    /// What the members must be that are under neither `properties` nor `patternProperties`.
    var rest = Remainder.anything
    var names: Node.Pointer?
    var minimumCount = 0
    var maximumCount = Int.max
    var dependents = UnsafeBufferPointer<Dependent>(start: nil, count: 0)
    /// Which members are evaluated by these rules (core §10.3.2), for schemas of which that matters.
    var evaluates = Evaluates.nothing

    /// One member that the schema names.
    struct Property {
        let key: UnsafeBufferPointer<UInt8>
        /// nil when the name is under `required` alone.
        let schema: Node.Pointer?
        let isRequired: Bool
    }

    /// One name under `patternProperties`.
    struct PatternProperty {
        let name: UnsafePointer<PatternRule>
        let schema: Node.Pointer
    }

    /// What the presence of one member asks for, by `dependentRequired`, `dependentSchemas` or `dependencies`.
    struct Dependent {
        let key: UnsafeBufferPointer<UInt8>
        let keyword: Keyword
        let demand: Demand

        enum Demand {
            case members(UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>)
            case schema(Node.Pointer)
        }
    }

    enum Evaluates {
        case nothing
        /// Those under `properties`, and those that a name under `patternProperties` matches.
        case namedMembers
        case allMembers
    }

    /// The property of that name. The search starts at `expected`, for members mostly come in the schema's order.
    @inline(__always)
    func index(of key: Value, from expected: Int) -> Int? {
        if expected < properties.count, key.equals(properties[expected].key) { return expected }
        return search(for: key, from: expected)
    }

    private func search(for key: Value, from expected: Int) -> Int? {
        for index in min(expected + 1, properties.count)..<properties.count where key.equals(properties[index].key) {
            return index
        }
        for index in 0..<min(expected, properties.count) where key.equals(properties[index].key) { return index }
        return nil
    }

    /// The names under `properties` and `patternProperties`, for people.
    var knownNames: [String] {
        properties.filter { $0.schema != nil }.map { String(decoding: $0.key, as: UTF8.self) }
            + patterns.map { "pattern \($0.name.pointee.text)" }
    }

    /// What a name can be, for people.
    var acceptedNames: String { "one of " + knownNames.joined(separator: ", ") }
}
