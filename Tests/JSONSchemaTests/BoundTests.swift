import JSON
import JSONSchema
import Testing

/// Schemas and values that could exhaust time or stack.
struct BoundTests {
    private func nested(_ levels: Int, in open: String, _ leaf: String, _ close: String) -> String {
        String(repeating: open, count: levels) + leaf + String(repeating: close, count: levels)
    }

    @Test(
        "a schema that applies itself twice to each child takes linear time",
        arguments: [
            ##"{"allOf":[{"additionalProperties":{"$ref":"#"}},{"additionalProperties":{"$ref":"#"}}],"type":["object","null"]}"##,
            ##"{"anyOf":[{"type":"null"},{"additionalProperties":{"$ref":"#"},"type":"object","required":["b"]},{"additionalProperties":{"$ref":"#"},"type":"object"}]}"##,
            ##"{"additionalProperties":{"$ref":"#"},"patternProperties":{"^":{"$ref":"#"},"a$":{"$ref":"#"}},"type":["object","null"]}"##,
        ])
    func doubling(schema: String) throws {
        #expect(try violations(nested(60, in: #"{"a":"#, "null", "}"), schema).isEmpty)
        #expect(try !violations(nested(60, in: #"{"a":"#, "1", "}"), schema).isEmpty)
    }

    @Test("elements under several keywords take linear time")
    func elements() throws {
        let schema = ##"{"type":["array","null"],"items":{"$ref":"#"},"contains":{"$ref":"#"}}"##
        #expect(try violations(nested(60, in: "[", "null", "]"), schema).isEmpty)
        #expect(try !violations(nested(60, in: "[", "1", "]"), schema).isEmpty)
    }

    /// A schema with a chain of `$defs`, each of which refers to the next through `link`.
    private func chain(_ count: Int, _ link: (String) -> String) -> String {
        let definitions =
            (0..<count).map { ##""a\##($0)":\##(link("#/$defs/a\($0 + 1)"))"## } + [##""a\##(count)":true"##]
        return ##"{"$ref":"#/$defs/a0","$defs":{\##(definitions.joined(separator: ","))}}"##
    }

    @Test("a schema with exponentially many paths to one value is refused")
    func ways() throws {
        let schema = chain(40) { ##"{"allOf":[{"$ref":"\##($0)"},{"$ref":"\##($0)"}]}"## }
        #expect(try refusal(schema)?.reason == .tooComplex)
        let small = chain(8) { ##"{"allOf":[{"$ref":"\##($0)"},{"$ref":"\##($0)"}]}"## }
        #expect(try refusal(small) == nil)
    }

    @Test(
        "a chain of schemas that could overflow the stack is refused",
        arguments: [200, 20000])
    func height(count: Int) throws {
        #expect(try refusal(chain(count) { ##"{"$ref":"\##($0)"}"## })?.reason == .tooComplex)
    }

    @Test("a schema is refused at the same location every time")
    func place() throws {
        let schema = chain(200) { ##"{"$ref":"\##($0)"}"## }
        let places = try Set((0..<5).map { _ in try refusal(schema)?.pointer })
        #expect(places.count == 1)
    }

    @Test("too many dynamic scopes are refused")
    func scopes() throws {
        let resources = (0..<12).map { number in
            let others = (0..<12).map { ##"{"properties":{"p\##($0)":{"$ref":"r\##($0)"}}}"## }
            return
                ##"{"$id":"r\##(number)","$dynamicAnchor":"d\##(number)","anyOf":[\##(others.joined(separator: ","))]}"##
        }
        let definitions = resources.enumerated().map { ##""\##($0)":\##($1)"## }.joined(separator: ",")
        #expect(try refusal(##"{"$ref":"r0","$defs":{\##(definitions)}}"##)?.reason == .tooComplex)
    }

    @Test("large containers take time linear in their size", arguments: [1000, 20000])
    func large(count: Int) throws {
        let keys = (0..<count).map { #""k\#($0)""# }
        let object = "{" + keys.map { $0 + ":0" }.joined(separator: ",") + "}"
        let required = #"{"required":[\#(keys.joined(separator: ","))],"unevaluatedProperties":{"const":0}}"#
        #expect(try violations(object, required).isEmpty)
        #expect(try violations("{}", required, maximum: 3).count == 3)
        let array = "[" + (0..<count).map(String.init).joined(separator: ",") + "]"
        let unique = #"{"uniqueItems":true,"contains":{"const":1},"unevaluatedItems":{"type":"integer"}}"#
        #expect(try violations(array, unique).isEmpty)
    }

    @Test("a pattern that causes backtracking elsewhere is matched in linear time")
    func backtracking() throws {
        let text = #""\#(String(repeating: "a", count: 100_000))b""#
        #expect(try violations(text, #"{"pattern":"^(a+)+$"}"#) == [" /pattern pattern_mismatch: pattern ^(a+)+$"])
    }
}
