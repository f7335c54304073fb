/// Which schemas apply which others to the same value: `$ref`, `allOf` and the like.
struct Applications {
    private var targets: [Node.Pointer: [Node.Pointer]] = [:]
    private var places: [Node.Pointer: SchemaLocation] = [:]

    mutating func add(from node: Node.Pointer, at place: SchemaLocation, to others: [Node.Pointer]) {
        targets[node, default: []] += others
        places[node] = place
    }

    /// Throws when a schema would apply itself again to the same value, and so without end.
    func expectNoCycle() throws(SchemaError) {
        var finished: Set<Node.Pointer> = []
        for node in targets.keys { try follow(node, from: [], finished: &finished) }
    }

    private func follow(
        _ node: Node.Pointer, from path: [Node.Pointer], finished: inout Set<Node.Pointer>
    ) throws(SchemaError) {
        guard !finished.contains(node), let others = targets[node] else { return }
        if path.contains(node), let place = places[node] { throw place.error(.endlessReference) }
        for other in others { try follow(other, from: path + [node], finished: &finished) }
        finished.insert(node)
    }
}
