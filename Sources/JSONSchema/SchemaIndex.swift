import JSON

/// What can be referred to: the documents, the `$id`s and anchors in them. Nothing is ever fetched.
struct SchemaIndex {
    private var resources: [String: SchemaLocation] = [:]
    private var anchors: [String: SchemaLocation] = [:]
    /// By resource and name.
    private var dynamicAnchors: [String: [String: SchemaLocation]] = [:]
    /// Of the schemas that have an `$id` or `$schema` of their own.
    private var scopes: [SchemaLocation.Identity: SchemaScope] = [:]
    private var visited: Set<SchemaLocation.Identity> = []
    /// The members of large objects of schemas by their keys, so that many references into one are found in time.
    private var members: [SchemaLocation.Identity: [[UInt8]: Value]] = [:]

    /// Adds a document with all that its root, read as a schema, identifies.
    mutating func add(_ document: Document, at uri: String) throws(SchemaError) {
        let scope = SchemaScope(base: URIReference(uri), dialect: nil)
        let root = SchemaLocation(document: document, documentURI: uri, value: document.root, pointer: "", scope: scope)
        guard document.root.duplicateKey == nil else { throw root.error(.duplicateKey) }
        try add(root, as: scope.resource)
        try visit(root)
    }

    /// Adds the identifiers of the schema at `location` and of all schemas in it.
    mutating func visit(_ location: SchemaLocation) throws(SchemaError) {
        guard location.value.kind == .object, visited.insert(location.identity).inserted else { return }
        var location = location
        location.vocabularies = .all
        try enter(&location)
        guard !location.scope.isForeign else { return }
        try addAnchors(of: location)
        for member in location.value.members {
            guard let keyword = member.key.string.flatMap(Keyword.init), keyword.subschemas != .none else { continue }
            remember(member.value, in: location)
            for place in location.subschemas(of: keyword) { try visit(place) }
        }
    }

    private mutating func remember(_ object: Value, in location: SchemaLocation) {
        guard object.kind == .object, object.count > 32 else { return }
        let keys = object.members.map { ($0.key.withUTF8 { Array($0) }, $0.value) }
        let identity = SchemaLocation.Identity(document: location.identity.document, offset: object.offset)
        members[identity] = Dictionary(keys) { first, _ in first }
    }

    /// Brings the schema at `location` into the scope that its own `$id` and `$schema` make.
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

// What has been added, by its names.
extension SchemaIndex {
    /// The place that a reference names; nil when there is none.
    func location(of reference: URIReference) -> SchemaLocation? {
        guard let root = resources[reference.withoutFragment], let fragment = reference.decodedFragment else {
            return nil
        }
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            return anchors[scope(inside: root).resource + "#" + fragment]
        }
        return location(in: root, at: fragment)
    }

    /// The place at a JSON Pointer of the document that a reference names; nil when there is none.
    func location(of document: URIReference, at pointer: String) -> SchemaLocation? {
        resources[document.withoutFragment].flatMap { location(in: $0, at: pointer) }
    }

    private func location(in root: SchemaLocation, at pointer: String) -> SchemaLocation? {
        guard let tokens = JSONPointer.tokens(of: pointer) else { return nil }
        var place = root
        for token in tokens {
            place.scope = scope(inside: place)
            if let known = members[place.identity] {
                guard let value = known[Array(token.utf8)] else { return nil }
                place = place.child(token, value)
            } else {
                guard let next = place.descended(by: token) else { return nil }
                place = next
            }
        }
        return place
    }

    /// The scope that holds inside the schema at `location`.
    func scope(inside location: SchemaLocation) -> SchemaScope { scopes[location.identity] ?? location.scope }

    /// The dynamic anchors of a resource, by their names (core §8.2.2).
    func dynamicAnchors(of resource: String) -> [String: SchemaLocation] { dynamicAnchors[resource] ?? [:] }
}
