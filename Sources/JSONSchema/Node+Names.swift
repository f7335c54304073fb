extension Node {
    /// The names of members that the schema, or one that it applies to the same value, says something about, for people;
    /// nil when there are none.
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

extension Applicator {
    /// The schemas that say what a value may have, rather than what it may not.
    fileprivate var schemas: [Node.Pointer] {
        switch self {
        case .reference(let node, _), .meetingPoint(let node): [node]
        case .all(let nodes): Array(nodes)
        case .any(let branches), .one(let branches): Array(branches.schemas)
        case .not: []
        case .conditional(let rule):
            [rule.pointee.condition, rule.pointee.then, rule.pointee.otherwise].compactMap { $0 }
        case .unevaluated(let rules): [rules.pointee.schema]
        }
    }
}
