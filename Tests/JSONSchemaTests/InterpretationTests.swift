import JSON
import JSONSchema
import Testing

/// The effects of an interpretation and of a meta-schema.
struct InterpretationTests {
    /// Compiles `schema` with other documents, which are registered under their own `$id`.
    private func compile(
        _ schema: String, as interpretation: Interpretation, with documents: [String] = []
    ) throws -> Schema {
        var registry = SchemaRegistry(interpretation: interpretation)
        for text in documents {
            let document = try Document(text.utf8)
            try registry.register(document, at: document.withRoot { $0["$id"]?.string } ?? "")
        }
        try registry.register(Document(schema.utf8), at: "schema.json")
        return try registry.compile("schema.json")
    }

    private func refusal(
        _ schema: String, as interpretation: Interpretation, with documents: [String] = []
    ) -> SchemaError? {
        do {
            _ = try compile(schema, as: interpretation, with: documents)
            return nil
        } catch {
            return error as? SchemaError
        }
    }

    @Test(
        "the interpretation determines the choices that the draft leaves open",
        arguments: [
            (#"{"tpye":"string"}"#, .strict, nil), (#"{"tpye":"string"}"#, .draft, true),
            (#"{"format":"date"}"#, .strict, false), (#"{"format":"date"}"#, .draft, true),
            (#"{"format":"date"}"#, .draftAssertingFormats, false), (#"{"format":"x"}"#, .strict, nil),
            (#"{"format":"x"}"#, .draft, true), (#"{"format":"x"}"#, .draftAssertingFormats, true),
            (#"{"dependencies":{"a":["b"]}}"#, .strict, nil), (#"{"dependencies":{"a":["b"]}}"#, .draft, true),
            (##"{"x":{"type":"null"},"$ref":"#/x"}"##, .strict, nil),
            (##"{"x":{"type":"null"},"$ref":"#/x"}"##, .draft, false),
        ] as [(String, Interpretation, Bool?)])
    func choices(schema: String, interpretation: Interpretation, isMet: Bool?) throws {
        guard let isMet else {
            #expect(refusal(schema, as: interpretation) != nil)
            return
        }
        #expect(try compile(schema, as: interpretation).accepts(text: #""x""#) == isMet)
    }

    @Test("dependencies of earlier drafts are arrays of names or schemas")
    func dependencies() throws {
        let schema = #"{"dependencies":{"a":["b"],"c":{"maxProperties":1}}}"#
        let compiled = try compile(schema, as: .draft)
        let found = try Document(#"{"a":1,"c":1}"#.utf8).withRoot { compiled.validate($0) }
        #expect(found.map(\.keywordPointer) == ["/dependencies", "/dependencies/c/maxProperties"])
    }

    private static let vocabulary = "https://json-schema.org/draft/2020-12/vocab"

    private func metaSchema(_ vocabularies: String) -> String {
        #"{"$id":"https://meta.example/","$vocabulary":{"\#(Self.vocabulary)/core":true\#(vocabularies)}}"#
    }

    @Test(
        "only keywords of the meta-schema's vocabularies are known",
        arguments: [
            ("", true), (#","https://json-schema.org/draft/2020-12/vocab/validation":true"#, false),
            (#","https://json-schema.org/draft/2020-12/vocab/validation":false"#, false),
            (#","https://json-schema.org/draft/2020-12/vocab/applicator":true"#, true),
            (#","https://other.example/vocab":false"#, true),
        ])
    func vocabularies(others: String, isMet: Bool) throws {
        let schema = #"{"$schema":"https://meta.example/","type":"string"}"#
        #expect(try compile(schema, as: .draft, with: [metaSchema(others)]).accepts(text: "1") == isMet)
        let error = refusal(schema, as: .strict, with: [metaSchema(others)])
        #expect(error?.reason == (isMet ? .unknownKeyword : nil))
    }

    @Test("a schema with an unknown required vocabulary is refused with the location in the meta-schema")
    func unknownVocabulary() {
        let schema = #"{"$schema":"https://meta.example/"}"#
        let error = refusal(schema, as: .draft, with: [metaSchema(#","https://other.example/vocab":true"#)])
        #expect(error?.reason == .unknownVocabulary)
        #expect(error?.document == "https://meta.example/")
        #expect(error?.pointer == "/$vocabulary/https:~1~1other.example~1vocab")
    }

    @Test("the format-assertion vocabulary asserts formats and refuses unknown formats", arguments: ["true", "false"])
    func formatAssertion(isRequired: String) throws {
        let meta = metaSchema(#","\#(Self.vocabulary)/format-assertion":\#(isRequired)"#)
        let known = #"{"$schema":"https://meta.example/","format":"date"}"#
        #expect(try !compile(known, as: .draft, with: [meta]).accepts(text: #""x""#))
        let unknown = #"{"$schema":"https://meta.example/","format":"x"}"#
        #expect(refusal(unknown, as: .draft, with: [meta])?.reason == .unknownFormat)
    }

    @Test("a meta-schema without vocabularies has those of the draft")
    func noVocabularies() throws {
        let schema = #"{"$schema":"https://meta.example/","type":"string"}"#
        #expect(try !compile(schema, as: .draft, with: [#"{"$id":"https://meta.example/"}"#]).accepts(text: "1"))
    }

    @Test(
        "a schema with an unregistered meta-schema or that of another draft is refused",
        arguments: ["https://meta.example/", "http://json-schema.org/draft-07/schema#"])
    func unknownMetaSchema(uri: String) {
        for interpretation in [Interpretation.strict, .draft] {
            let error = refusal(#"{"$schema":"\#(uri)"}"#, as: interpretation)
            #expect(error?.reason == .unsupportedDialect)
            #expect(error?.pointer == "/$schema")
        }
    }

    @Test("a document of another draft is refused only when a reference leads to it")
    func foreignDocuments() throws {
        let foreign =
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","$id":"x","definitions":{"a":{"$id":"#a"}}}"##
        #expect(try compile("true", as: .draft, with: [foreign]).accepts(text: "1"))
        let error = refusal(#"{"$ref":"x"}"#, as: .draft, with: [foreign])
        #expect(error?.reason == .unsupportedDialect)
    }
}
