import JSON

/// The targets of references: documents, `$id`s and anchors. Nothing is ever fetched.
struct SchemaIndex {
    private var resources: [String: SchemaLocation] = [:]
    private var anchors: [String: SchemaLocation] = [:]
    /// The dynamic anchors by resource and name.
    private var dynamicAnchors: [String: [String: SchemaLocation]] = [:]
    /// The scopes of schemas with an `$id` or `$schema`.
    private var scopes: [SchemaLocation.Identity: SchemaScope] = [:]
    private var visited: Set<SchemaLocation.Identity> = []
    /// The members of large objects such as `$defs` by key, so that many references are resolved in linear time.
    private var members: [SchemaLocation.Identity: [[UInt8]: Value]] = [:]

    /// Adds a document, and the identifiers in its root schema.
    mutating func add(_ document: Document, at uri: String) throws(SchemaError) {
        let scope = SchemaScope(base: URIReference(uri), dialect: nil)
        let root = SchemaLocation(document: document, documentURI: uri, value: document.root, pointer: "", scope: scope)
        guard document.root.duplicateKey == nil else { throw root.error(.duplicateKey) }
        try add(root, as: scope.resource)
        try visit(root)
    }

    /// Adds the identifiers of a schema and of all its subschemas.
    mutating func visit(_ location: SchemaLocation) throws(SchemaError) {
        guard location.value.kind == .object, visited.insert(location.identity).inserted else { return }
        var location = location
        location.vocabularies = .all
        try enter(&location)
        guard !location.scope.isForeign else { return }
        try addAnchors(of: location)
        for member in location.value.members {
            let subschemas = member.key.string.flatMap(Keyword.init).map(location.subschemas) ?? []
            if !subschemas.isEmpty { indexMembers(of: member.value, in: location) }
            for subschema in subschemas { try visit(subschema) }
        }
    }

    private mutating func indexMembers(of object: Value, in location: SchemaLocation) {
        guard object.kind == .object, object.count > 32 else { return }
        let keys = object.members.map { ($0.key.withUTF8 { Array($0) }, $0.value) }
        let identity = SchemaLocation.Identity(document: location.identity.document, offset: object.offset)
        members[identity] = Dictionary(keys) { first, _ in first }
    }

    /// Sets the scope of a schema from its `$id` and `$schema`.
    private mutating func enter(_ location: inout SchemaLocation) throws(SchemaError) {
        let (id, dialect) = (location.member(.id)?.value.string, location.member(.schema)?.value.string)
        guard id != nil || dialect != nil else { return }
        let named = dialect.map { $0.hasSuffix("#") ? String($0.dropLast()) : $0 } ?? location.scope.dialect
        location.scope = SchemaScope(base: location.scope.base, dialect: named)
        if let id, !location.scope.isForeign {
            let uri = URIReference(id).resolved(against: location.scope.base)
            guard uri.fragment ?? "" == "" else { throw location.error(.malformedKeyword, at: .id) }
            location.scope = SchemaScope(base: uri, dialect: named)
            try add(location, as: location.scope.resource)
        }
        scopes[location.identity] = location.scope
    }

    private mutating func addAnchors(of location: SchemaLocation) throws(SchemaError) {
        let resource = location.scope.resource
        for keyword in [Keyword.anchor, .dynamicAnchor] {
            guard let name = location.member(keyword)?.value.string else { continue }
            let earlier = anchors.updateValue(location, forKey: resource + "#" + name)
            guard earlier == nil || earlier?.identity == location.identity else {
                throw location.error(.duplicateIdentifier, at: keyword)
            }
            if keyword == .dynamicAnchor { dynamicAnchors[resource, default: [:]][name] = location }
        }
    }

    private mutating func add(_ location: SchemaLocation, as uri: String) throws(SchemaError) {
        let earlier = resources.updateValue(location, forKey: uri)
        // A document may name itself by the URI under which it is registered.
        guard earlier == nil || earlier?.identity == location.identity else {
            throw location.error(.duplicateIdentifier, at: location.pointer.isEmpty ? nil : .id)
        }
    }
}

// Look-up.
extension SchemaIndex {
    /// The target of a reference; nil if there is none.
    func location(of reference: URIReference) -> SchemaLocation? {
        guard let root = resources[reference.withoutFragment], let fragment = reference.decodedFragment else {
            return nil
        }
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            return anchors[scope(inside: root).resource + "#" + fragment]
        }
        return location(in: root, at: fragment)
    }

    /// The location at a JSON Pointer of a document; nil if there is none.
    func location(of document: URIReference, at pointer: String) -> SchemaLocation? {
        resources[document.withoutFragment].flatMap { location(in: $0, at: pointer) }
    }

    private func location(in root: SchemaLocation, at pointer: String) -> SchemaLocation? {
        guard let tokens = JSONPointer.tokens(of: pointer) else { return nil }
        var location = root
        for token in tokens {
            location.scope = scope(inside: location)
            if let known = members[location.identity] {
                guard let value = known[Array(token.utf8)] else { return nil }
                location = location.child(token, value)
            } else {
                guard let next = location.descended(by: token) else { return nil }
                location = next
            }
        }
        return location
    }

    /// The scope inside a schema.
    func scope(inside location: SchemaLocation) -> SchemaScope { scopes[location.identity] ?? location.scope }

    /// The dynamic anchors of a resource by name (core §8.2.2).
    func dynamicAnchors(of resource: String) -> [String: SchemaLocation] { dynamicAnchors[resource] ?? [:] }
}

/// The context that a schema resource gives to its schemas (core §4.3.5).
struct SchemaScope {
    /// The base URI of references and identifiers.
    let base: URIReference
    /// The URI of the meta-schema; nil for the meta-schema of draft 2020-12.
    let dialect: String?

    /// The base URI without fragment, which identifies the resource.
    var resource: String { base.withoutFragment }

    /// The URI of the meta-schema of draft 2020-12.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// Whether the meta-schema belongs to another draft. Identifiers in such documents are ignored.
    var isForeign: Bool {
        guard let dialect, dialect != SchemaScope.draft else { return false }
        return dialect.hasPrefix("http://json-schema.org/") || dialect.hasPrefix("https://json-schema.org/")
    }
}
