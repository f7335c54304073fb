import JSON

/// The rules of a schema for objects (core §10.3.2, validation §6.5).
struct ObjectRules {
    /// Whether there are no patterns and no tracking, as in nearly all schemas.
    var arePlain = true
    /// The members under `properties` and `required`.
    var properties = UnsafeBufferPointer<Property>(start: nil, count: 0)
    /// A bit for each of the first 64 properties, set if the property is required.
    var requiredMask: UInt64 = 0
    var patterns = UnsafeBufferPointer<PatternProperty>(start: nil, count: 0)
    /// The rule of `additionalProperties`.
    var rest = RestRule.anything
    var names: Node.Pointer?
    var minimumCount = 0
    var maximumCount = Int.max
    var dependents = UnsafeBufferPointer<Dependent>(start: nil, count: 0)
    /// The members that the rules evaluate (core §10.3.2), if evaluated members are tracked.
    var evaluates = Evaluates.nothing

    /// A member under `properties` or `required`.
    struct Property {
        let key: UnsafeBufferPointer<UInt8>
        /// The schema under `properties`; nil if the member is only under `required`.
        let schema: Node.Pointer?
        let isRequired: Bool
    }

    /// A pattern under `patternProperties`.
    struct PatternProperty {
        let name: UnsafePointer<PatternRule>
        let schema: Node.Pointer
    }

    /// The demand that a member's presence makes, from `dependentRequired`, `dependentSchemas` or `dependencies`.
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
        /// The members under `properties`, and those that match a pattern.
        case namedMembers
        case allMembers
    }

    /// The index of a property. The search starts at `expected`, because members mostly come in the schema's order.
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

    /// The names under `properties` and `patternProperties` in readable form.
    var knownNames: [String] {
        properties.filter { $0.schema != nil }.map { String(decoding: $0.key, as: UTF8.self) }
            + patterns.map { "pattern \($0.name.pointee.text)" }
    }

    var acceptedNames: String { "one of " + knownNames.joined(separator: ", ") }
}

/// The rules of a schema for arrays (core §10.3.1, validation §6.4).
struct ArrayRules {
    var minimumCount = 0
    var maximumCount = Int.max
    var areUnique = false
    /// The schemas of the first elements.
    var prefix = UnsafeBufferPointer<Node.Pointer>(start: nil, count: 0)
    /// The rule of `items` for all other elements.
    var rest = RestRule.anything
    var contains: Contains?
    /// Whether evaluated elements are tracked (core §10.3.1).
    var areTracked = false
    /// Whether there is an `items`, which evaluates all elements.
    var haveItems = false

    /// The keyword `contains` with the bounds on matching elements.
    struct Contains {
        let schema: Node.Pointer
        let minimumCount: Int
        let maximumCount: Int
    }
}
