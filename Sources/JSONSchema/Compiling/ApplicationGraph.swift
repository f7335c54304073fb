/// The graph of schemas that apply others to the same value, as `$ref` and `allOf` do.
struct ApplicationGraph {
    /// The sources in order of discovery, so that the same schema is always refused at the same location.
    private var sources: [Node.Pointer] = []
    private var targets: [Node.Pointer: [Node.Pointer]] = [:]
    private var locations: [Node.Pointer: SchemaLocation] = [:]
    private var counts: [Node.Pointer: Int] = [:]
    private var measures: [Node.Pointer: Measure] = [:]

    /// The cost of a schema for one value.
    private typealias Measure = (height: Int, paths: Int)

    /// The largest number of nodes for one schema.
    static let maximumNodes = 1 << 18
    /// The largest number of dynamic scopes.
    static let maximumDynamicScopes = 1 << 10
    /// The longest chain of schemas for one value, because each takes stack.
    private static let maximumHeight = 128
    /// The largest number of paths to schemas for one value, because each takes time.
    private static let maximumPaths = 1 << 16

    /// Adds an edge from a schema to the `target` at `location`, which is applied to the same value.
    mutating func add(from node: Node.Pointer, at location: SchemaLocation, to target: Node.Pointer) {
        if targets[node] == nil { sources.append(node) }
        targets[node, default: []].append(target)
        locations[target] = location
    }

    /// Counts one more application of a schema whose evaluated members are not tracked.
    mutating func count(_ node: Node.Pointer) { counts[node, default: 0] += 1 }

    /// The nodes that are applied more than once and are worth memoizing.
    var sharedNodes: [UnsafeMutablePointer<Node>] {
        counts.filter { $0.value > 1 }.map { UnsafeMutablePointer(mutating: $0.key) }.filter { $0.pointee.isCostly }
    }

    /// Throws if a schema applies itself to the same value, or if the schemas for one value exceed a limit.
    mutating func expectBounded() throws(SchemaError) {
        for node in sources { _ = try measure(node, from: []) }
    }

    private mutating func measure(_ node: Node.Pointer, from path: [Node.Pointer]) throws(SchemaError) -> Measure {
        if let known = measures[node] { return known }
        guard let others = targets[node] else { return (1, 1) }
        if path.contains(node), let location = locations[node] { throw location.error(.endlessReference) }
        var measure = (height: 1, paths: 1)
        for other in others {
            if path.count > Self.maximumHeight, let location = locations[other] { throw location.error(.tooComplex) }
            let part = try self.measure(other, from: path + [node])
            measure.height = max(measure.height, part.height + 1)
            measure.paths += part.paths
        }
        let isBounded = measure.height <= Self.maximumHeight && measure.paths <= Self.maximumPaths
        if !isBounded, let location = others.first.flatMap({ locations[$0] }) { throw location.error(.tooComplex) }
        measures[node] = measure
        return measure
    }
}
