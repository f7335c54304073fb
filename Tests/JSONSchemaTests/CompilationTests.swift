import JSON
import JSONSchema
import Testing

struct CompilationTests {
    @Test(
        "an invalid schema is refused with the location of the error",
        arguments: [
            (#"{"tpye":"string"}"#, .unknownKeyword, "/tpye"),
            (#"{"properties":{"a/b":{"x":1}}}"#, .unknownKeyword, "/properties/a~1b/x"),
            (#"{"$defs":{"unused":{"x":1}}}"#, .unknownKeyword, "/$defs/unused/x"),
            (#"{"then":{"x":1}}"#, .unknownKeyword, "/then/x"),
            (#"{"allOf":[true,{"x":1}]}"#, .unknownKeyword, "/allOf/1/x"),
            (#"{"format":"cpf"}"#, .unknownFormat, "/format"), (#"{"type":"int"}"#, .malformedKeyword, "/type"),
            (#"{"type":[]}"#, .malformedKeyword, "/type"), (#"{"type":["null","null"]}"#, .malformedKeyword, "/type"),
            (#"{"type":1}"#, .malformedKeyword, "/type"), (#"{"minimum":"1"}"#, .malformedKeyword, "/minimum"),
            (#"{"maxLength":-1}"#, .malformedKeyword, "/maxLength"),
            (#"{"maxLength":1.5}"#, .malformedKeyword, "/maxLength"),
            (#"{"multipleOf":0}"#, .malformedKeyword, "/multipleOf"),
            (#"{"multipleOf":-1}"#, .malformedKeyword, "/multipleOf"),
            (#"{"pattern":"("}"#, .malformedPattern, "/pattern"), (#"{"pattern":1}"#, .malformedKeyword, "/pattern"),
            (#"{"patternProperties":{"(":true}}"#, .malformedPattern, "/patternProperties/("),
            (#"{"unevaluatedItems":1}"#, .malformedKeyword, "/unevaluatedItems"),
            (#"{"unevaluatedProperties":{"x":1}}"#, .unknownKeyword, "/unevaluatedProperties/x"),
            (##"{"$dynamicRef":"#a"}"##, .unresolvedReference, "/$dynamicRef"),
            (##"{"$dynamicAnchor":"a","allOf":[{"$dynamicRef":"#a"}]}"##, .endlessReference, ""),
            (#"{"required":"a"}"#, .malformedKeyword, "/required"),
            (#"{"required":[1]}"#, .malformedKeyword, "/required"),
            (#"{"required":["a","a"]}"#, .malformedKeyword, "/required"),
            (#"{"dependentRequired":{"a":"b"}}"#, .malformedKeyword, "/dependentRequired/a"),
            (#"{"items":[]}"#, .malformedKeyword, "/items"), (#"{"allOf":[]}"#, .malformedKeyword, "/allOf"),
            (#"{"allOf":[1]}"#, .notASchema, "/allOf/0"), (#"{"properties":{"a":1}}"#, .notASchema, "/properties/a"),
            (#"{"uniqueItems":1}"#, .malformedKeyword, "/uniqueItems"), (#"{"title":1}"#, .malformedKeyword, "/title"),
            ("1", .notASchema, ""), (##"{"$ref":"#/$defs/a"}"##, .unresolvedReference, "/$ref"),
            (##"{"$ref":"#a"}"##, .unresolvedReference, "/$ref"),
            (#"{"$ref":"b.json"}"#, .unresolvedReference, "/$ref"),
            (##"{"$ref":"#/title","title":"x"}"##, .notASchema, "/title"),
            (##"{"$ref":"#"}"##, .endlessReference, ""),
            (
                ##"{"$defs":{"a":{"anyOf":[{"$ref":"#b"}]},"b":{"$anchor":"b","not":{"$ref":"#"}}},"$ref":"#/$defs/a"}"##,
                .endlessReference, nil
            ),
            (#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, .unsupportedDialect, "/$schema"),
            (#"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"#, .duplicateIdentifier, "/$defs/b/$anchor"),
            (#"{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}"#, .duplicateIdentifier, "/$defs/b/$id"),
            (##"{"$id":"x#y"}"##, .malformedKeyword, "/$id"), (#"{"type":"null","type":"null"}"#, .duplicateKey, ""),
        ] as [(String, SchemaError.Reason, String?)])
    func refused(schema: String, reason: SchemaError.Reason, pointer: String?) throws {
        let error = try #require(try refusal(schema))
        #expect(error.reason == reason)
        #expect(error.pointer == pointer ?? error.pointer)
        #expect(error.document == "schema.json")
    }

    @Test("annotations are accepted")
    func annotations() throws {
        let schema = #"""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$comment":"c","title":"t","description":"d",
             "default":1,"examples":[1],"deprecated":true,"readOnly":false,"writeOnly":false,
             "contentEncoding":"base64","contentMediaType":"application/json","contentSchema":{"type":"string"}}
            """#
        #expect(try violations("1", schema).isEmpty)
    }

    @Test("references are relative to the file that contains them")
    func files() throws {
        let files: [(String, String)] = [
            ("rpc/person.get.json", #"{"summary":"s","params":{"properties":{"cpf":{"$ref":"../types/cpf.json"}}}}"#),
            ("types/cpf.json", #"{"type":"string","allOf":[{"$ref":"./digits.json#/$defs/eleven"}]}"#),
            ("types/digits.json", #"{"$defs":{"eleven":{"minLength":11,"maxLength":14}}}"#),
        ]
        var registry = SchemaRegistry()
        for (path, text) in files { try registry.register(Document(text.utf8), at: path) }
        let schema = try registry.compile("rpc/person.get.json", at: "/params")
        #expect(try schema.accepts(text: #"{"cpf":"52998224725"}"#))
        let violation = try #require(try Document(#"{"cpf":"1"}"#.utf8).withRoot { schema.validate($0) }.first)
        #expect(violation.keywordPointer == "/properties/cpf/$ref/allOf/0/$ref/minLength")
        let error = #expect(throws: SchemaError.self) { try registry.compile("rpc/person.get.json") }
        #expect(error?.pointer == "/summary")
        #expect(throws: SchemaError.self) { try registry.compile("rpc/person.get.json", at: "/result") }
    }

    @Test("a schema outlives the registry and its documents")
    func lifetime() throws {
        func compiled() throws -> Schema {
            var registry = SchemaRegistry()
            try registry.register(Document(#"{"enum":["abc"],"required":["a"]}"#.utf8), at: "a.json")
            return try registry.compile("a.json")
        }
        let schema = try compiled()
        #expect(try schema.accepts(text: #""abc""#))
        #expect(try !schema.accepts(text: #""abd""#))
    }

    @Test("a registered format is asserted, and replaces the standard format of the same name")
    func formats() throws {
        let format = Format(name: "date", accepted: "three bytes") { $0.count == 3 }
        var registry = SchemaRegistry(formats: [format])
        try registry.register(Document(#"{"format":"date"}"#.utf8), at: "a.json")
        let schema = try registry.compile("a.json")
        #expect(try schema.accepts(text: #""a\u0062c""#))
        #expect(try !schema.accepts(text: #""2026-01-01""#))
        #expect(try schema.accepts(text: "1"))
    }

    @Test("a recursive schema validates trees of any depth that the parser accepts")
    func recursion() throws {
        let schema = ##"{"type":"object","additionalProperties":{"$ref":"#"}}"##
        let tree = String(repeating: #"{"a":"#, count: 63)
        #expect(try violations(tree + "{}" + String(repeating: "}", count: 63), schema).isEmpty)
        #expect(try violations(tree + "1" + String(repeating: "}", count: 63), schema).count == 1)
    }

    @Test("required members beyond the 64th are checked", arguments: [63, 64, 65, 130])
    func manyRequired(count: Int) throws {
        let names = (0..<count).map { #""m\#($0)""# }
        let properties = names.map { "\($0):true" }.joined(separator: ",")
        let schema = #"{"properties":{\#(properties)},"required":[\#(names.joined(separator: ","))]}"#
        func instance(without missing: Int) -> String {
            "{" + names.indices.filter { $0 != missing }.map { names[$0] + ":0" }.joined(separator: ",") + "}"
        }
        #expect(try violations(instance(without: -1), schema).isEmpty)
        for missing in [0, count / 2, count - 1] {
            #expect(
                try violations(instance(without: missing), schema)
                    == [" /required missing_member: required: m\(missing)"])
        }
    }

    @Test("repeated items are found by value in arrays of every length", arguments: [2, 8, 9, 500])
    func uniqueItems(count: Int) throws {
        let items = (1..<count).map { #"{"a":\#($0),"b":[\#($0)]}"# }
        let repeated = #"{"b":[1.0],"a":1e0}"#
        let schema = #"{"uniqueItems":true}"#
        #expect(try violations("[\((items + ["{}"]).joined(separator: ","))]", schema).isEmpty)
        #expect(try violations("[\((items + [repeated]).joined(separator: ","))]", schema).count == 1)
    }
}
