import JSON
import Patterns

/// Turns schemas into nodes, each once for every way in which it is met, with all that they refer to.
struct Compiler {
    let arena = Arena()
    let formats: [String: Format]
    let interpretation: Interpretation
    var index: SchemaIndex
    /// The schema that is being compiled.
    var context = Context()
    private var nodes: [Occurrence: UnsafeMutablePointer<Node>] = [:]
    private var pending: [Task] = []
    private var dynamicScopes: Set<DynamicScope> = []
    private var checked: Set<SchemaLocation.Identity> = []
    private var documents: [ObjectIdentifier: Document] = [:]
    private var applications = Applications()
    private var dialects: [String: Vocabularies] = [:]

    /// A schema, and how it is met.
    private struct Occurrence: Hashable {
        let schema: SchemaLocation.Identity
        let dynamicScope: DynamicScope
        let role: Role
    }

    private struct Task {
        let location: SchemaLocation
        let dynamicScope: DynamicScope
        let role: Role
        let node: UnsafeMutablePointer<Node>
    }

    /// What holds for the schema that is being compiled.
    struct Context {
        var node: Node.Pointer?
        var dynamicScope = DynamicScope()
        /// Whether what the schema evaluates is of concern to an `unevaluated…` of another one.
        var isTracked = false
    }

    init(index: SchemaIndex, formats: [String: Format], interpretation: Interpretation) {
        self.index = index
        self.formats = formats
        self.interpretation = interpretation
    }

    /// Compiles the schema at `location` as one that stands alone.
    ///
    /// Takes no stack for references: what they lead to waits until its turn comes.
    mutating func schema(at location: SchemaLocation) throws(SchemaError) -> Schema {
        let root = try node(at: location)
        var next = 0
        while next < pending.count {
            try compile(pending[next])
            next += 1
        }
        try applications.expectBounded()
        for task in pending { task.node.pointee.alias = task.node.pointee.onlyReference }
        for node in applications.meetingPoints { node.becomeMeetingPoint(in: arena) }
        return Schema(root: root, arena: arena, documents: Array(documents.values))
    }

    /// The node of the schema at `location`: a new one, or the one that is there or waits for its turn.
    mutating func node(at location: SchemaLocation, as role: Role = .plain) throws(SchemaError) -> Node.Pointer {
        try index.visit(location)
        let resource = index.scope(inside: location).resource
        let scope = context.dynamicScope.entering(resource, with: index.dynamicAnchors(of: resource).keys)
        let occurrence = Occurrence(schema: location.identity, dynamicScope: scope, role: role)
        if let node = nodes[occurrence] { return UnsafePointer(node) }
        dynamicScopes.insert(scope)
        guard nodes.count < Applications.maximumNodes, dynamicScopes.count <= Applications.maximumDynamicScopes else {
            throw location.error(.tooComplex)
        }
        let node = arena.store(one: Node())
        nodes[occurrence] = node
        documents[ObjectIdentifier(location.document)] = location.document
        pending.append(Task(location: location, dynamicScope: scope, role: role, node: node))
        return UnsafePointer(node)
    }

    private mutating func compile(_ task: Task) throws(SchemaError) {
        let node = task.node
        switch task.location.value.kind {
        case .true: return
        case .false: return node.pointee.types = []
        case .object: break
        default: throw task.location.error(.notASchema)
        }
        context = Context(node: UnsafePointer(node), dynamicScope: task.dynamicScope, isTracked: task.role != .plain)
        let schema = try opened(task.location)
        if checked.insert(schema.identity).inserted { try checkKeywords(of: schema) }
        if task.role != .withoutUnevaluated, let applicator = try unevaluated(of: schema, task.role) {
            node.pointee.applicators = arena.store([applicator])
            return
        }
        node.pointee.types = try types(of: schema)
        node.pointee.values = try valueRules(of: schema)
        node.pointee.numbers = try numberRules(of: schema)
        node.pointee.strings = try stringRules(of: schema)
        node.pointee.array = try arrayRules(of: schema)
        node.pointee.object = try objectRules(of: schema)
        node.pointee.applicators = try applicators(of: schema)
    }

    /// Refuses what is no keyword or has an impossible value, in this schema and all schemas in it, used or not.
    private mutating func checkKeywords(of schema: SchemaLocation) throws(SchemaError) {
        for (key, place) in schema.members {
            guard let keyword = Keyword(rawValue: key), !schema.vocabularies.isDisjoint(with: keyword.vocabularies)
            else {
                if interpretation.unknownKeywords == .refused { throw place.error(.unknownKeyword) }
                continue
            }
            guard keyword.admits(place.value.kind) else { throw place.error(.malformedKeyword) }
            for subschema in schema.subschemas(of: keyword) { _ = try node(at: subschema) }
        }
    }
}

// What the keywords' own compilation is made of.
extension Compiler {
    /// The schema at a place as its own `$id` and `$schema` say that it is to be read.
    mutating func opened(_ place: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        try index.visit(place)
        var schema = place
        schema.scope = index.scope(inside: place)
        if let dialect = schema.scope.dialect, let known = dialects[dialect] {
            schema.vocabularies = known
        } else {
            schema.vocabularies = try vocabularies(of: schema)
            if let dialect = schema.scope.dialect { dialects[dialect] = schema.vocabularies }
        }
        return schema
    }

    /// The node of a schema that the present one applies to a part of the value.
    mutating func applied(at place: SchemaLocation) throws(SchemaError) -> Node.Pointer {
        let node = try node(at: place)
        applications.count(node)
        return node
    }

    /// The node of a schema that the present one applies to the same value.
    mutating func appliedInPlace(
        at place: SchemaLocation, as role: Role? = nil
    ) throws(SchemaError) -> Node.Pointer {
        let role = role ?? (context.isTracked ? .tracked : .plain)
        let node = try node(at: place, as: role)
        if let source = context.node { applications.add(from: source, at: place, to: node) }
        if role == .plain { applications.count(node) }
        return node
    }

    /// The whole number, zero or above, that a keyword gives.
    func count(_ keyword: Keyword, in schema: SchemaLocation) throws(SchemaError) -> Int? {
        guard let number = schema.member(keyword)?.value.number else { return nil }
        guard number.isInteger, !number.isNegative || number.isZero else {
            throw schema.error(.malformedKeyword, at: keyword)
        }
        return Int(clamping: number.int64 ?? .max)
    }
}
