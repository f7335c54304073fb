/// What holds for all that lies in one schema resource (core §4.3.5), as far as it reaches.
struct SchemaScope {
    /// What references and identifiers are relative to.
    let base: URIReference
    /// The base URI without its fragment, which names the resource.
    let resource: String
    /// The URI of the meta-schema; nil for that of draft 2020-12.
    let dialect: String?

    init(base: URIReference, dialect: String?) {
        self.base = base
        self.dialect = dialect
        resource = base.withoutFragment
    }

    /// The draft's own meta-schema.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// Whether the meta-schema is that of another draft: what such documents identify is not looked for.
    var isForeign: Bool {
        guard let dialect, dialect != SchemaScope.draft else { return false }
        return dialect.hasPrefix("http://json-schema.org/") || dialect.hasPrefix("https://json-schema.org/")
    }
}
