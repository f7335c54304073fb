import JSON

/// What can be referred to: the documents, the `$id`s and `$anchor`s in them. Nothing is ever fetched.
struct SchemaIndex {
    private var resources: [String: SchemaLocation] = [:]
    private var anchors: [String: SchemaLocation] = [:]
    private var bases: [SchemaLocation.Identity: URIReference] = [:]
    private var visited: Set<SchemaLocation.Identity> = []

    /// Adds a document with all that its root, read as a schema, identifies.
    mutating func add(_ document: Document, at uri: String) throws(SchemaError) {
        let base = URIReference(uri)
        let root = SchemaLocation(document: document, documentURI: uri, value: document.root, pointer: "", base: base)
        guard document.root.duplicateKey == nil else { throw root.error(.duplicateKey) }
        try add(root, as: base.withoutFragment)
        try visit(root)
    }

    /// Adds the identifiers of the schema at `location` and of all schemas in it.
    mutating func visit(_ location: SchemaLocation) throws(SchemaError) {
        guard location.value.kind == .object, visited.insert(location.identity).inserted else { return }
        var location = location
        if let id = location.member(.id)?.value.string {
            let uri = URIReference(id).resolved(against: location.base)
            guard uri.fragment ?? "" == "" else { throw location.error(.malformedKeyword, at: .id) }
            location.base = uri
            bases[location.identity] = uri
            try add(location, as: uri.withoutFragment)
        }
        if let anchor = location.member(.anchor)?.value.string {
            let name = location.base.withoutFragment + "#" + anchor
            guard anchors.updateValue(location, forKey: name) == nil else {
                throw location.error(.duplicateIdentifier, at: .anchor)
            }
        }
        for keyword in Keyword.allCases {
            for place in location.subschemas(of: keyword) { try visit(place) }
        }
    }

    private mutating func add(_ location: SchemaLocation, as uri: String) throws(SchemaError) {
        let earlier = resources.updateValue(location, forKey: uri)
        // A document may name itself by the URI under which it is registered.
        guard earlier == nil || earlier?.identity == location.identity else {
            throw location.error(.duplicateIdentifier, at: location.pointer.isEmpty ? nil : .id)
        }
    }

    /// The place that a reference names, with the base URI that holds there; nil when there is none.
    func location(of reference: URIReference) -> SchemaLocation? {
        guard let root = resources[reference.withoutFragment], let fragment = reference.decodedFragment else {
            return nil
        }
        guard fragment.isEmpty || fragment.hasPrefix("/") else {
            return anchors[base(inside: root).withoutFragment + "#" + fragment]
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
        place.base = base(inside: root)
        for token in tokens {
            guard let next = place.descended(by: token) else { return nil }
            place = next
            place.base = base(inside: place)
        }
        return place
    }

    /// The base URI that holds inside the schema at `location`.
    func base(inside location: SchemaLocation) -> URIReference { bases[location.identity] ?? location.base }
}
