import JSON
import Patterns

/// Compiles schemas and everything that they reference, each schema once for each dynamic scope and role.
struct Compiler {
    let arena = Arena()
    let formats: [String: Format]
    let interpretation: Interpretation
    var index: SchemaIndex
    /// The context of the schema that is being compiled.
    var context = Context()
    private var nodes: [Occurrence: UnsafeMutablePointer<Node>] = [:]
    private var pending: [PendingSchema] = []
    private var dynamicScopes: Set<DynamicScope> = []
    private var checked: Set<SchemaLocation.Identity> = []
    private var documents: [ObjectIdentifier: Document] = [:]
    private var applications = ApplicationGraph()
    private var dialects: [String: Vocabularies] = [:]

    /// The outermost resource with each dynamic anchor (core §7.1), by the name of the anchor.
    ///
    /// A schema is compiled once for each dynamic scope, so a `$dynamicRef` costs nothing when values are validated.
    typealias DynamicScope = [String: String]

    private struct Occurrence: Hashable {
        let schema: SchemaLocation.Identity
        let dynamicScope: DynamicScope
        let role: Role
    }

    private typealias PendingSchema = (
        location: SchemaLocation, occurrence: Occurrence, node: UnsafeMutablePointer<Node>
    )

    struct Context {
        var node: Node.Pointer?
        var dynamicScope: DynamicScope = [:]
        /// Whether an `unevaluated…` of an enclosing schema depends on what the schema evaluates.
        var isTracked = false
    }

    /// The purpose for which a schema is compiled.
    enum Role {
        /// To tell whether values meet the schema.
        case plain
        /// To tell in addition which members or elements the schema has evaluated.
        case tracked
        /// As `tracked`, without the schema's own `unevaluatedItems` and `unevaluatedProperties`.
        case withoutUnevaluated
    }

    init(index: SchemaIndex, formats: [String: Format], interpretation: Interpretation) {
        self.index = index
        self.formats = formats
        self.interpretation = interpretation
    }

    /// Compiles the schema at a location.
    ///
    /// References take no stack, because their targets are compiled from a queue.
    mutating func schema(at location: SchemaLocation) throws(SchemaError) -> Schema {
        let root = try node(at: location)
        var next = 0
        while next < pending.count {
            try compile(pending[next])
            next += 1
        }
        try applications.expectBounded()
        for schema in pending { schema.node.pointee.alias = schema.node.pointee.onlyReference }
        for node in applications.sharedNodes { node.memoize(in: arena) }
        return Schema(root: root, arena: arena, documents: Array(documents.values))
    }

    /// The node of a schema, which is queued for compilation when first asked for.
    mutating func node(at location: SchemaLocation, as role: Role = .plain) throws(SchemaError) -> Node.Pointer {
        try index.visit(location)
        let resource = index.scope(inside: location).resource
        let anchors = index.dynamicAnchors(of: resource).keys.map { ($0, resource) }
        let scope = context.dynamicScope.merging(anchors) { outermost, _ in outermost }
        let occurrence = Occurrence(schema: location.identity, dynamicScope: scope, role: role)
        if let node = nodes[occurrence] { return UnsafePointer(node) }
        dynamicScopes.insert(scope)
        guard nodes.count < ApplicationGraph.maximumNodes,
            dynamicScopes.count <= ApplicationGraph.maximumDynamicScopes
        else { throw location.error(.tooComplex) }
        let node = arena.store(one: Node())
        nodes[occurrence] = node
        documents[ObjectIdentifier(location.document)] = location.document
        pending.append((location, occurrence, node))
        return UnsafePointer(node)
    }

    private mutating func compile(_ task: PendingSchema) throws(SchemaError) {
        let (node, role) = (task.node, task.occurrence.role)
        switch task.location.value.kind {
        case .true: return
        case .false: return node.pointee.types = []
        case .object: break
        default: throw task.location.error(.notASchema)
        }
        context = Context(
            node: UnsafePointer(node), dynamicScope: task.occurrence.dynamicScope, isTracked: role != .plain)
        let schema = try opened(task.location)
        if checked.insert(schema.identity).inserted { try checkKeywords(of: schema) }
        if role != .withoutUnevaluated, let applicator = try unevaluated(of: schema, role) {
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

    /// Refuses unknown keywords and malformed values, and queues all subschemas for the same checks, used or not.
    private mutating func checkKeywords(of schema: SchemaLocation) throws(SchemaError) {
        for (key, location) in schema.members {
            guard let keyword = Keyword(rawValue: key), !schema.vocabularies.isDisjoint(with: keyword.vocabularies)
            else {
                if interpretation == .strict { throw location.error(.unknownKeyword) }
                continue
            }
            guard keyword.admits(location.value.kind) else { throw location.error(.malformedKeyword) }
            for subschema in schema.subschemas(of: keyword) { _ = try node(at: subschema) }
        }
    }
}

// Shared by the compilation of all keywords.
extension Compiler {
    /// Applies a schema's own `$id` and `$schema` to its location.
    mutating func opened(_ location: SchemaLocation) throws(SchemaError) -> SchemaLocation {
        try index.visit(location)
        var schema = location
        schema.scope = index.scope(inside: location)
        if let dialect = schema.scope.dialect, let known = dialects[dialect] {
            schema.vocabularies = known
        } else {
            schema.vocabularies = try vocabularies(of: schema)
            if let dialect = schema.scope.dialect { dialects[dialect] = schema.vocabularies }
        }
        return schema
    }

    /// The node of a schema that the current schema applies to a child of the value.
    mutating func applied(at location: SchemaLocation) throws(SchemaError) -> Node.Pointer {
        let node = try node(at: location)
        applications.count(node)
        return node
    }

    /// The node of a schema that the current schema applies to the same value.
    mutating func appliedInPlace(
        at location: SchemaLocation, as role: Role? = nil
    ) throws(SchemaError) -> Node.Pointer {
        let role = role ?? (context.isTracked ? .tracked : .plain)
        let node = try node(at: location, as: role)
        if let source = context.node { applications.add(from: source, at: location, to: node) }
        if role == .plain { applications.count(node) }
        return node
    }

    /// The non-negative integer of a keyword; nil if the keyword is absent.
    func count(_ keyword: Keyword, in schema: SchemaLocation) throws(SchemaError) -> Int? {
        guard let number = schema.member(keyword)?.value.number else { return nil }
        guard number.isInteger, !number.isNegative || number.isZero else {
            throw schema.error(.malformedKeyword, at: keyword)
        }
        return Int(clamping: number.int64 ?? .max)
    }

    /// The vocabularies of a schema's meta-schema (core §8.1), by default those of the draft.
    private func vocabularies(of schema: SchemaLocation) throws(SchemaError) -> Vocabularies {
        let legacy: Vocabularies = interpretation == .strict ? [] : .earlierDrafts
        guard let dialect = schema.scope.dialect, dialect != SchemaScope.draft else {
            return Vocabularies.standard.union(legacy)
        }
        guard !schema.scope.isForeign, let meta = index.location(of: URIReference(dialect)) else {
            throw schema.error(.unsupportedDialect, at: schema.member(.schema) == nil ? nil : .schema)
        }
        guard let location = meta.member(.vocabulary) else { return Vocabularies.standard.union(legacy) }
        var vocabularies = Vocabularies.core
        for (uri, entry) in location.members {
            guard let isRequired = entry.value.bool else { throw entry.error(.malformedKeyword) }
            if let known = Vocabularies.named(uri) {
                vocabularies.insert(known)
            } else if isRequired {
                throw entry.error(.unknownVocabulary)
            }
        }
        return vocabularies.union(legacy)
    }
}
