import JSON

/// A keyword that applies other schemas to the same value (core §8.2.3, §10.2, §11).
enum Applicator {
    case reference(Node.Pointer, by: Keyword)
    case all(UnsafeBufferPointer<Node.Pointer>)
    case any(Branches)
    case one(Branches)
    case not(Node.Pointer)
    case conditional(UnsafePointer<Conditional>)
    case unevaluated(UnsafePointer<Unevaluated>)
    /// A schema that is applied by several others, with memoized outcomes: see ``OutcomeMemo``.
    case memoized(Node.Pointer)

    /// The schemas that state what a value may have, rather than what a value may not have.
    fileprivate var schemas: [Node.Pointer] {
        switch self {
        case .reference(let node, _), .memoized(let node): [node]
        case .all(let nodes): Array(nodes)
        case .any(let branches), .one(let branches): Array(branches.schemas)
        case .not: []
        case .conditional(let rule):
            [rule.pointee.condition, rule.pointee.then, rule.pointee.otherwise].compactMap { $0 }
        case .unevaluated(let rules): [rules.pointee.schema]
        }
    }
}

/// The branches of an `anyOf` or `oneOf`.
struct Branches {
    let schemas: UnsafeBufferPointer<Node.Pointer>
    /// The member that determines the branch of an object, if there is one.
    let discriminator: UnsafePointer<Discriminator>?
    /// Whether evaluated members are tracked, which requires trying every branch.
    let isTracked: Bool
}

/// The keywords `if`, `then` and `else`.
struct Conditional {
    let condition: Node.Pointer
    let then: Node.Pointer?
    let otherwise: Node.Pointer?
    let isTracked: Bool
}

/// A member whose value determines the only branch of an `anyOf` or `oneOf` that can accept an object.
///
/// Every branch requires the member, and the branches list disjoint values for the member in `const` or `enum`.
struct Discriminator {
    let key: UnsafeBufferPointer<UInt8>
    let choices: UnsafeBufferPointer<Choice>

    /// A value of the member with the index of its branch.
    struct Choice {
        let value: Value
        let branch: Int
    }

    /// The index of the branch for a value of the member; nil if no branch accepts the value.
    func branch(for value: Value) -> Int? { choices.first { $0.value.isEqual(to: value) }?.branch }

    /// The accepted values in readable form.
    var accepted: String { "one of " + choices.map(\.value.displayText).joined(separator: ", ") }
}

/// A schema with `unevaluatedItems` or `unevaluatedProperties` (core §11), which apply after all other keywords.
struct Unevaluated {
    /// The schema without the two keywords, compiled with tracking.
    let schema: Node.Pointer
    let items: RestRule?
    let properties: RestRule?
    /// Whether an enclosing schema depends on what this schema evaluates.
    let isTracked: Bool
}

/// The rule of `items`, `additionalProperties` or `unevaluated…` for the remaining elements or members.
enum RestRule {
    case anything
    case nothing
    case schema(Node.Pointer)
}

extension Node {
    /// The member names in the schema and in schemas that it applies to the same value; nil if there are none.
    var acceptedNames: String? {
        var names: [String] = []
        var seen: Set<Node.Pointer> = []
        collectNames(into: &names, seen: &seen)
        return names.isEmpty ? nil : "one of " + names.joined(separator: ", ")
    }

    private func collectNames(into names: inout [String], seen: inout Set<Node.Pointer>) {
        for name in object?.pointee.knownNames ?? [] where !names.contains(name) { names.append(name) }
        for node in applicators.flatMap(\.schemas) where seen.insert(node).inserted {
            node.pointee.collectNames(into: &names, seen: &seen)
        }
    }
}
