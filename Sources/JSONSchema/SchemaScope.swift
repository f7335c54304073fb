/// What holds for all that lies in one schema resource (core §4.3.5), as far as it reaches.
struct SchemaScope {
    /// What references and identifiers are relative to. Without its fragment it names the resource.
    var base: URIReference
    /// The URI of the meta-schema; nil for that of draft 2020-12.
    var dialect: String?

    /// The draft's own meta-schema.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// Whether the meta-schema is that of another draft: what such documents identify is not looked for.
    var isForeign: Bool {
        guard let dialect, dialect != SchemaScope.draft else { return false }
        return dialect.hasPrefix("http://json-schema.org/") || dialect.hasPrefix("https://json-schema.org/")
    }
}
