import JSON

/// Turns schemas into nodes, each once, with all that they refer to.
struct Compiler {
    let arena = Arena()
    let formats: [String: Format]
    private(set) var index: SchemaIndex
    private var nodes: [SchemaLocation.Identity: UnsafeMutablePointer<Node>] = [:]
    private var documents: [ObjectIdentifier: Document] = [:]
    private var applications = Applications()

    init(index: SchemaIndex, formats: [String: Format]) {
        self.index = index
        self.formats = formats
    }

    /// Compiles the schema at `location` as one that stands alone.
    mutating func schema(at location: SchemaLocation) throws(SchemaError) -> Schema {
        let root = try node(at: location)
        try applications.expectNoCycle()
        return Schema(root: root, arena: arena, documents: Array(documents.values))
    }

    /// The node of the schema at `location`: a new one, or the one that is there or under way.
    mutating func node(at location: SchemaLocation) throws(SchemaError) -> Node.Pointer {
        if let node = nodes[location.identity] { return UnsafePointer(node) }
        let node = arena.store(one: Node())
        nodes[location.identity] = node
        documents[ObjectIdentifier(location.document)] = location.document
        switch location.value.kind {
        case .true: break
        case .false: node.pointee.types = []
        case .object: try compile(location, into: node)
        default: throw location.error(.notASchema)
        }
        return UnsafePointer(node)
    }

    private mutating func compile(
        _ schema: SchemaLocation, into node: UnsafeMutablePointer<Node>
    ) throws(SchemaError) {
        try index.visit(schema)
        var schema = schema
        schema.base = index.base(inside: schema)
        try checkKeywords(of: schema)
        node.pointee.types = try types(of: schema)
        node.pointee.values = try valueRules(of: schema)
        node.pointee.numbers = try numberRules(of: schema)
        node.pointee.strings = try stringRules(of: schema)
        node.pointee.array = try arrayRules(of: schema)
        node.pointee.object = try objectRules(of: schema)
        node.pointee.applicators = try applicators(of: schema)
        node.pointee.alias = node.pointee.onlyReference
    }

    /// Refuses what is no keyword or has an impossible value, in this schema and all schemas in it, used or not.
    private mutating func checkKeywords(of schema: SchemaLocation) throws(SchemaError) {
        for (key, place) in schema.members {
            guard let keyword = Keyword(rawValue: key) else { throw place.error(.unknownKeyword) }
            guard keyword.admits(place.value.kind) else { throw place.error(.malformedKeyword) }
            for subschema in schema.subschemas(of: keyword) { _ = try node(at: subschema) }
        }
        if let dialect = schema.member(.schema), !dialect.value.equals("https://json-schema.org/draft/2020-12/schema") {
            throw dialect.error(.unsupportedDialect)
        }
    }

    /// The node of the schema that a keyword holds.
    mutating func node(of keyword: Keyword, in schema: SchemaLocation) throws(SchemaError) -> Node.Pointer? {
        guard let place = schema.member(keyword) else { return nil }
        return try node(at: place)
    }

    /// The nodes of the schemas that a keyword holds in an array or object.
    mutating func nodes(of keyword: Keyword, in schema: SchemaLocation) throws(SchemaError) -> [Node.Pointer] {
        var nodes: [Node.Pointer] = []
        for place in schema.subschemas(of: keyword) { nodes.append(try node(at: place)) }
        return nodes
    }

    /// Remembers that a schema applies others to the value that it is applied to itself.
    mutating func note(_ schema: SchemaLocation, applies others: [Node.Pointer]) throws(SchemaError) {
        applications.add(from: try node(at: schema), at: schema, to: others)
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
