import JSON

extension Compiler {
    /// The vocabularies by which a schema is to be read: those of its meta-schema (core §8.1).
    ///
    /// A meta-schema that names none is taken to have the draft's own.
    func vocabularies(of schema: SchemaLocation) throws(SchemaError) -> Vocabularies {
        let legacy: Vocabularies = interpretation.unknownKeywords == .refused ? [] : .earlierDrafts
        guard let dialect = schema.scope.dialect, dialect != SchemaScope.draft else {
            return Vocabularies.standard.union(legacy)
        }
        guard !schema.scope.isForeign, let meta = index.location(of: URIReference(dialect)) else {
            throw schema.error(.unsupportedDialect, at: schema.member(.schema) == nil ? nil : .schema)
        }
        guard let place = meta.member(.vocabulary) else { return Vocabularies.standard.union(legacy) }
        var vocabularies = Vocabularies.core
        for (uri, entry) in place.members {
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
