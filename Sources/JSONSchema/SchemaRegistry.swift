import JSON

/// The schema documents and formats of a program, from which schemas are compiled.
package struct SchemaRegistry {
    private var index = SchemaIndex()
    private var formats: [String: Format] = [:]
    private let interpretation: Interpretation

    /// `formats` come in addition to ``Format/standard``, and before them where they have the same name.
    package init(formats: [Format] = [], interpretation: Interpretation = .strict) {
        self.interpretation = interpretation
        for format in Format.standard + formats { self.formats[format.name] = format }
    }

    /// Adds a document under an absolute URI or a plain path such as `types/cpf.json`, to which its references are
    /// relative; it is found by its `$id` too. Throws when an identifier or a key in it occurs twice.
    package mutating func register(_ document: Document, at uri: String) throws(SchemaError) {
        try index.add(document, at: uri)
    }

    /// Whether a document or schema of that URI is registered.
    package func contains(_ uri: String) -> Bool { index.location(of: URIReference(uri)) != nil }

    /// Compiles the schema at a JSON Pointer of a registered document, with all that it refers to.
    ///
    /// Throws at the first keyword or format that is to be refused, malformed value or reference that leads nowhere.
    /// The schema stands alone: it keeps the documents that it needs.
    package func compile(_ uri: String, at pointer: String = "") throws(SchemaError) -> Schema {
        guard let location = index.location(of: URIReference(uri), at: pointer) else {
            throw SchemaError(reason: .unresolvedReference, document: uri, pointer: pointer)
        }
        var compiler = Compiler(index: index, formats: formats, interpretation: interpretation)
        return try compiler.schema(at: location)
    }
}
