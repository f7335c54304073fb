import JSON
import JSONSchema
import Testing

/// Cases of `unevaluated…` and `$dynamicRef` that the official suite does not have.
struct UnevaluatedTests {
    @Test("evaluated members beyond the 64th are tracked", arguments: [63, 64, 65, 200])
    func manyMembers(count: Int) throws {
        let schema = #"{"allOf":[{"patternProperties":{"^a":true}}],"unevaluatedProperties":false}"#
        func instance(_ odd: String) -> String {
            "{" + (0..<count).map { #""a\#($0)":0,"# }.joined() + #""\#(odd)":0}"#
        }
        #expect(try violations(instance("a"), schema).isEmpty)
        #expect(
            try violations(instance("b"), schema)
                == [" /unevaluatedProperties unknown_member: one of pattern ^a"])
    }

    @Test(
        "a branch that is not met evaluates nothing",
        arguments: [
            (#"{"a":1,"b":1}"#, []), (#"{"a":"x","b":1}"#, ["/* /unevaluatedProperties/type wrong_type: null"]),
            (#"{"a":"x","b":null}"#, ["/* /unevaluatedProperties/type wrong_type: null"]),
            (#"{"a":"x","c":"y"}"#, []),
        ] as [(String, [String])])
    func failedBranches(instance: String, expected: [String]) throws {
        let schema = #"""
            {"anyOf":[{"properties":{"a":{"type":"integer"},"b":true},"required":["a","b"]},
                      {"properties":{"c":{"const":"y"},"a":true},"required":["c"]}, true],
             "unevaluatedProperties":{"type":"null"}}
            """#
        #expect(try violations(instance, schema) == expected)
    }

    @Test("the branch that a discriminator chooses evaluates its members")
    func discriminator() throws {
        let schema = #"""
            {"oneOf":[{"required":["k"],"properties":{"k":{"const":1},"a":true}},
                      {"required":["k"],"properties":{"k":{"const":2},"b":true}}],
             "unevaluatedProperties":false}
            """#
        #expect(try violations(#"{"k":1,"a":1}"#, schema).isEmpty)
        #expect(
            try violations(#"{"k":2,"a":1}"#, schema)
                == [" /unevaluatedProperties unknown_member: one of k, a, b"])
    }

    @Test("elements that match contains are evaluated")
    func contains() throws {
        let schema = #"{"prefixItems":[true],"contains":{"type":"null"},"unevaluatedItems":{"const":7}}"#
        #expect(try violations("[1,null,7,null]", schema).isEmpty)
        #expect(
            try violations("[1,null,8,null]", schema)
                == ["/2 /unevaluatedItems/const not_the_constant: 7"])
        #expect(
            try violations("[1,2]", #"{"prefixItems":[true],"unevaluatedItems":false}"#)
                == [" /unevaluatedItems too_many_items"])
    }

    @Test("a dynamic anchor extends a recursive schema at every level")
    func dynamicReference() throws {
        let tree = #"""
            {"$id":"https://x.example/tree","$dynamicAnchor":"node","type":"object",
             "properties":{"children":{"items":{"$dynamicRef":"#node"}}}}
            """#
        let strict = #"""
            {"$id":"https://x.example/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false}
            """#
        var registry = SchemaRegistry()
        try registry.register(Document(tree.utf8), at: "tree.json")
        try registry.register(Document(strict.utf8), at: "strict.json")
        let instance = try Document(#"{"children":[{"children":[{"x":1}]}]}"#.utf8)
        #expect(try instance.withRoot { try registry.compile("tree.json").accepts($0) })
        let found = try instance.withRoot { try registry.compile("strict.json").validate($0) }
        #expect(found.map(\.instancePointer) == ["/children/0/children/0"])
        #expect(
            found.map(\.keywordPointer) == [
                "/$ref/properties/children/items/$dynamicRef/$ref/properties/children/items/$dynamicRef"
                    + "/unevaluatedProperties"
            ])
    }
}
