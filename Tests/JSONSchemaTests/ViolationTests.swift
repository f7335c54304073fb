import JSON
import JSONSchema
import Testing

struct ViolationTests {
    @Test(
        "a violation has paths, a reason and the accepted values",
        arguments: [
            ("1.5", #"{"type":"integer"}"#, " /type wrong_type: integer"),
            ("1", #"{"type":["null","string"]}"#, " /type wrong_type: null or string"),
            ("5", #"{"minimum":6}"#, " /minimum too_small: at least 6"),
            ("6", #"{"exclusiveMinimum":6.0}"#, " /exclusiveMinimum too_small: more than 6.0"),
            ("7", #"{"maximum":6}"#, " /maximum too_large: at most 6"),
            ("6", #"{"exclusiveMaximum":6}"#, " /exclusiveMaximum too_large: less than 6"),
            ("4.021", #"{"multipleOf":0.01}"#, " /multipleOf not_a_multiple: a multiple of 0.01"),
            (#""é""#, #"{"minLength":2}"#, " /minLength too_short: at least 2 characters"),
            (#""\u00e9😀a""#, #"{"maxLength":2}"#, " /maxLength too_long: at most 2 characters"),
            (#""2026-02-29""#, #"{"format":"date"}"#, " /format invalid_format: a day of the calendar, as 2026-11-22"),
            (#""b""#, #"{"pattern":"^a|c$"}"#, " /pattern pattern_mismatch: pattern ^a|c$"),
            (
                #"{"ab":1}"#, #"{"patternProperties":{"b$":{"type":"null"}}}"#,
                "/* /patternProperties/b$/type wrong_type: null"
            ),
            (
                #"{"a":1}"#, #"{"properties":{"a":true},"patternProperties":{"a":{"type":"null"}}}"#,
                "/a /patternProperties/a/type wrong_type: null"
            ),
            (
                #"{"c":1}"#, #"{"properties":{"a":true},"patternProperties":{"b":true},"additionalProperties":false}"#,
                " /additionalProperties unknown_member: one of a, pattern b"
            ),
            (#""x""#, #"{"enum":["a",1,null]}"#, " /enum not_in_enum: one of a, 1, null"),
            (#""x""#, #"{"const":{"a":1}}"#, #" /const not_the_constant: {"a":1}"#),
            ("[]", #"{"minItems":1}"#, " /minItems too_few_items: at least 1 items"),
            ("[1,2]", #"{"maxItems":1}"#, " /maxItems too_many_items: at most 1 items"),
            ("[1,2]", #"{"prefixItems":[true],"items":false}"#, " /items too_many_items: at most 1 items"),
            ("[1,1.0]", #"{"uniqueItems":true}"#, " /uniqueItems repeated_item"),
            ("[1]", #"{"contains":{"type":"string"}}"#, " /contains too_few_matching_items: at least 1"),
            ("[1,1]", #"{"contains":{"const":1},"maxContains":1}"#, " /maxContains too_many_matching_items: at most 1"),
            ("[1]", #"{"contains":{"const":1},"minContains":2}"#, " /minContains too_few_matching_items: at least 2"),
            ("{}", #"{"minProperties":1}"#, " /minProperties too_few_members: at least 1 members"),
            (#"{"a":1}"#, #"{"maxProperties":0}"#, " /maxProperties too_many_members: at most 0 members"),
            ("{}", #"{"required":["a"]}"#, " /required missing_member: required: a"),
            (#"{"a":1}"#, #"{"dependentRequired":{"a":["b"]}}"#, " /dependentRequired missing_member: required: b"),
            (
                #"{"a":1}"#, #"{"dependentSchemas":{"a":{"maxProperties":0}}}"#,
                " /dependentSchemas/a/maxProperties too_many_members: at most 0 members"
            ),
            ("1", #"{"not":{"type":"integer"}}"#, " /not not_allowed"), ("1", "false", "  not_allowed"),
            ("1", #"{"anyOf":[{"type":"string"},false]}"#, " /anyOf no_branch_matches"),
            ("1", #"{"oneOf":[{"type":"string"},false]}"#, " /oneOf no_branch_matches"),
            ("1", #"{"oneOf":[{"type":"integer"},true]}"#, " /oneOf several_branches_match"),
            ("1", #"{"allOf":[true,{"maximum":0}]}"#, " /allOf/1/maximum too_large: at most 0"),
            ("1", #"{"if":true,"then":{"maximum":0}}"#, " /then/maximum too_large: at most 0"),
            ("1", #"{"if":false,"else":{"maximum":0}}"#, " /else/maximum too_large: at most 0"),
            ("1", ##"{"$ref":"#/$defs/a","$defs":{"a":{"maximum":0}}}"##, " /$ref/maximum too_large: at most 0"),
            (
                #"{"a/~b":[0,1]}"#, #"{"properties":{"a/~b":{"items":{"const":0}}}}"#,
                "/a~1~0b/1 /properties/a~1~0b/items/const not_the_constant: 0"
            ),
        ])
    func places(instance: String, schema: String, expected: String) throws {
        #expect(try violations(instance, schema) == [expected])
    }

    @Test(
        "violations of the only branch that admits the type are reported",
        arguments: [
            (#"{"a":1}"#, ["/a /anyOf/1/$ref/properties/a/type wrong_type: string"]),
            ("[1]", ["/0 /anyOf/2/items/type wrong_type: null"]), ("1", [" /anyOf no_branch_matches"]),
        ])
    func branchOfType(instance: String, expected: [String]) throws {
        let schema = ##"""
            {"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"},{"type":"array","items":{"type":"null"}}],
             "$defs":{"a":{"type":"object","properties":{"a":{"type":"string"}}}}}
            """##
        #expect(try violations(instance, schema) == expected)
    }

    @Test("violations are in the order of the text, with missing members last")
    func several() throws {
        let schema = #"{"required":["c","d"],"properties":{"a":{"type":"string"},"b":{"items":{"maximum":1}}}}"#
        #expect(
            try violations(#"{"b":[2,1,3],"a":1}"#, schema) == [
                "/b/0 /properties/b/items/maximum too_large: at most 1",
                "/b/2 /properties/b/items/maximum too_large: at most 1",
                "/a /properties/a/type wrong_type: string",
                " /required missing_member: required: c",
                " /required missing_member: required: d",
            ])
    }

    @Test("the number of violations is limited", arguments: [1, 2, 16])
    func maximum(count: Int) throws {
        let instance = "[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]"
        #expect(try violations(instance, #"{"items":{"type":"string"}}"#, maximum: count).count == count)
    }

    @Test("the name of an unknown member is never reported")
    func unknownMembers() throws {
        let closed = #"{"properties":{"a":true,"b":true},"required":["z"],"additionalProperties":false}"#
        #expect(
            try violations(#"{"52998224725":1,"z":1,"a":1,"11144477735":2}"#, closed) == [
                " /additionalProperties unknown_member: one of a, b"
            ])
        let open = #"{"additionalProperties":{"type":"string"},"propertyNames":{"maxLength":3}}"#
        #expect(
            try violations(#"{"52998224725":"x","abc":{"52998224725":1}}"#, open) == [
                " /propertyNames/maxLength too_long: at most 3 characters",
                "/* /additionalProperties/type wrong_type: string",
            ])
    }

    @Test("names of unknown members are reported on request")
    func toldNames() throws {
        var registry = SchemaRegistry()
        let schema = #"{"properties":{"a":{"additionalProperties":{"type":"null"}}},"additionalProperties":false}"#
        try registry.register(Document(schema.utf8), at: "schema.json")
        let compiled = try registry.compile("schema.json")
        let found = try Document(#"{"a":{"x/y":1},"z":1}"#.utf8).withRoot {
            compiled.validate($0, tellsNames: true)
        }
        #expect(found.map(\.instancePointer) == ["/a/x~1y", "/z"])
    }

    static let event = #"""
        {"oneOf": [
            {"type": "object", "required": ["kind", "amount"], "additionalProperties": false,
             "properties": {"kind": {"const": "movement"}, "amount": {"type": "integer"}}},
            {"$ref": "#/$defs/query"},
            {"required": ["kind"], "properties": {"kind": {"enum": ["a", "b"]}, "x": {"maximum": 1}}}
         ],
         "$defs": {"query": {"required": ["kind"],
            "properties": {"kind": {"const": "query"}, "who": {"type": "string"}}}}}
        """#

    @Test(
        "violations of the branch that a discriminator chooses are reported",
        arguments: [
            (#"{"kind":"movement","amount":"1"}"#, ["/amount /oneOf/0/properties/amount/type wrong_type: integer"]),
            (#"{"kind":"movement"}"#, [" /oneOf/0/required missing_member: required: amount"]),
            (#"{"who":1,"kind":"query"}"#, ["/who /oneOf/1/$ref/properties/who/type wrong_type: string"]),
            (#"{"kind":"\u0062","x":2}"#, ["/x /oneOf/2/properties/x/maximum too_large: at most 1"]),
            (#"{"kind":"other"}"#, ["/kind /oneOf not_in_enum: one of movement, query, a, b"]),
            (#"{"amount":1}"#, [" /oneOf missing_member: required: kind"]), ("1", [" /oneOf several_branches_match"]),
            (#"{"kind":"movement","amount":1}"#, []), (#"{"kind":"query"}"#, []), (#"{"kind":"a","x":1}"#, []),
        ] as [(String, [String])])
    func discriminator(instance: String, expected: [String]) throws {
        #expect(try violations(instance, ViolationTests.event) == expected)
    }

    @Test(
        "branches without a discriminator are tried one by one",
        arguments: [
            #"{"required":["k"],"properties":{"k":{"enum":["a","b"]}}}"#,
            #"{"properties":{"k":{"const":"c"}}}"#,
            #"{"required":["k"],"properties":{"k":{"maxLength":0}}}"#,
        ])
    func noDiscriminator(branch: String) throws {
        let schema = #"{"oneOf":[\#(branch),{"required":["k"],"properties":{"k":{"const":"b"}}}]}"#
        #expect(try violations(#"{"k":"z"}"#, schema) == [" /oneOf no_branch_matches"])
    }
}
