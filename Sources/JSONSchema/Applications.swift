/// Which schemas apply which others: to the same value, as `$ref` and `allOf` do, and to parts of it.
struct Applications {
    /// In the order in which they were met, so that the same schema is always refused at the same place.
    private var sources: [Node.Pointer] = []
    private var targets: [Node.Pointer: [Node.Pointer]] = [:]
    private var places: [Node.Pointer: SchemaLocation] = [:]
    private var counts: [Node.Pointer: Int] = [:]
    private var measures: [Node.Pointer: Measure] = [:]

    /// How many nodes one schema may be compiled to.
    static let maximumNodes = 1 << 18
    /// In how many dynamic scopes schemas may be met.
    static let maximumDynamicScopes = 1 << 10
    /// How many schemas may apply each other in a row to the same value: each takes stack.
    private static let maximumHeight = 128
    /// How many schemas may be applied to one value, each as often as it is met: each takes time.
    private static let maximumWays = 1 << 16

    /// What a schema costs for one value.
    private struct Measure {
        var height = 1
        var ways = 1
    }

    /// Notes that a schema applies the one at `place` to the same value.
    mutating func add(from node: Node.Pointer, at place: SchemaLocation, to target: Node.Pointer) {
        if targets[node] == nil { sources.append(node) }
        targets[node, default: []].append(target)
        places[target] = place
    }

    /// Notes that one more schema applies this one, and that it does not matter what it evaluates.
    mutating func count(_ node: Node.Pointer) { counts[node, default: 0] += 1 }

    /// The schemas that several others apply, with enough to them that it pays to remember how they ended.
    var meetingPoints: [UnsafeMutablePointer<Node>] {
        counts.filter { $0.value > 1 }.map { UnsafeMutablePointer(mutating: $0.key) }.filter { $0.pointee.isCostly }
    }

    /// Throws when a schema would apply itself again to the same value, and so without end, or when there are so many
    /// schemas for one value that stack or time is at risk.
    mutating func expectBounded() throws(SchemaError) {
        for node in sources { _ = try measure(node, from: []) }
    }

    private mutating func measure(_ node: Node.Pointer, from path: [Node.Pointer]) throws(SchemaError) -> Measure {
        if let known = measures[node] { return known }
        guard let others = targets[node] else { return Measure() }
        if path.contains(node), let place = places[node] { throw place.error(.endlessReference) }
        var measure = Measure()
        for other in others {
            if path.count > Applications.maximumHeight, let place = places[other] { throw place.error(.tooComplex) }
            let part = try self.measure(other, from: path + [node])
            measure.height = max(measure.height, part.height + 1)
            measure.ways += part.ways
        }
        if measure.height > Applications.maximumHeight || measure.ways > Applications.maximumWays,
            let place = others.first.flatMap({ places[$0] })
        {
            throw place.error(.tooComplex)
        }
        measures[node] = measure
        return measure
    }
}
