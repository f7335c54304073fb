import JSON
import Methods

/// What a result may hold, by its contract, and what of each text a model sees. What no shape has is left out.
struct ResultShape: Sendable {
    struct Member: Sendable {
        let name: String
        var shape: ResultShape
    }

    /// The JSON types other than string, object and array.
    var scalars: Set<String> = []
    /// The texts of a closed list.
    var values: Set<String> = []
    /// The rule of any other text; nil when no text is known here.
    var rule: TextRule?
    var members: [Member] = []
    var isObject = false
    /// Of an array; one at most.
    var items: [ResultShape] = []
    /// The places of texts that no rule covers, so that a test can name them.
    var unruled: [String] = []

    init() {}

    /// Derives the shape from a schema; `place` is the type and the members that lead to it.
    init(of schema: Value, _ contracts: ContractSet, at place: String, depth: Int = 0) {
        // No contract is nested so deeply; a schema folder of the operator's own must not lead into a circle.
        guard depth < 32 else { return }
        if let reference = schema["$ref"] {
            guard let type = contracts.type(reference) else {
                unruled.append(place)
                return
            }
            // The masked form of another text has that text's rule.
            if type.name == "masked" { return }
            self = ResultShape(of: type.schema, contracts, at: type.name, depth: depth + 1)
            return
        }
        for branch in Self.branches(of: schema) {
            merge(ResultShape(of: branch, contracts, at: place, depth: depth + 1))
        }
        let types =
            schema["type"].map { $0.kind == .array ? $0.elements.compactMap(\.string) : [$0.string ?? ""] } ?? []
        scalars.formUnion(types.filter { !["string", "object", "array"].contains($0) })
        takeTexts(of: schema, types, at: place)
        if let properties = schema["properties"] {
            isObject = true
            for property in properties.members {
                guard let name = property.key.string else { continue }
                add(name, ResultShape(of: property.value, contracts, at: "\(place).\(name)", depth: depth + 1))
            }
        }
        if let items = schema["items"] {
            self.items = [ResultShape(of: items, contracts, at: "\(place)[]", depth: depth + 1)]
            unruled += self.items[0].unruled
        }
    }

    private static func branches(of schema: Value) -> [Value] {
        (schema["anyOf"].map { Array($0.elements) } ?? []) + (schema["oneOf"].map { Array($0.elements) } ?? [])
    }

    private mutating func takeTexts(of schema: Value, _ types: [String], at place: String) {
        if let list = schema["enum"] {
            values.formUnion(list.elements.compactMap(\.string))
        } else if let only = schema["const"] {
            if let text = only.string { values.insert(text) }
            if only.bool != nil { scalars.insert("boolean") }
        } else if types.contains("string") {
            rule = TextRule.byType[place] ?? TextRule.byMember[place]
            if rule == nil { unruled.append(place) }
        }
    }

    private mutating func add(_ name: String, _ shape: ResultShape) {
        unruled += shape.unruled
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].shape.merge(shape)
        } else {
            members.append(Member(name: name, shape: shape))
        }
    }

    /// Accepts what `other` accepts too. Of two rules of one text the one that shows less stands.
    private mutating func merge(_ other: ResultShape) {
        scalars.formUnion(other.scalars)
        values.formUnion(other.values)
        if let its = other.rule {
            if let rule, rule != its { self.rule = .secret } else { rule = its }
        }
        isObject = isObject || other.isObject
        for member in other.members { add(member.name, member.shape) }
        if items.isEmpty { items = other.items } else if let its = other.items.first { items[0].merge(its) }
        unruled += other.unruled
    }
}
