import JSON
import Testing

struct LimitTests {
    @Test("nesting at the limit is accepted, one more level is refused at its opening", arguments: ["[", #"{"a":"#])
    func depth(opening: String) {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ levels: Int) -> Text {
            let innermost = opening == "[" ? "" : "1"
            return Text(
                String(repeating: opening, count: levels) + innermost + String(repeating: closing, count: levels))
        }
        #expect(nested(64).error() == nil)
        #expect(nested(65).error() == SyntaxError(reason: .tooDeep, offset: 64 * opening.utf8.count))
    }

    @Test("a hundred thousand openings are refused at the first level that is too deep")
    func manyOpenings() {
        #expect(Text(String(repeating: "[", count: 100_000)).error() == SyntaxError(reason: .tooDeep, offset: 64))
    }

    @Test("depth counts levels, not containers")
    func siblings() throws {
        let text = Text("[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]")
        #expect(try text.parse(limits: Parser.Limits(maximumDepth: 3)) { $0.count } == 1000)
        #expect(text.error(limits: Parser.Limits(maximumDepth: 2))?.reason == .tooDeep)
    }

    @Test("the longest allowed number is accepted, a longer number is refused at its start")
    func numberLength() {
        let digits = String(repeating: "7", count: 1024)
        #expect(Text("[\(digits)]").error() == nil)
        #expect(Text("[\(digits)7]").error() == SyntaxError(reason: .numberTooLong, offset: 1))
        #expect(Text(String(repeating: "9", count: 1 << 20)).error()?.reason == .numberTooLong)
    }

    @Test("an exponent of 18 digits is accepted, one of 19 digits is refused")
    func exponentLength() {
        #expect(Text("1e999999999999999999").error() == nil)
        #expect(Text("1e-000000000000000000000999").error() == nil)
        #expect(Text("1e1000000000000000000").error() == SyntaxError(reason: .numberTooLong, offset: 0))
    }

    @Test("the tape has room for the texts with the most values per byte")
    func densestTexts() throws {
        for count in [1, 2, 3, 100, 5000] {
            #expect(
                try Text("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").parse { $0.count }
                    == count)
            #expect(
                try Text("[" + Array(repeating: "[]", count: count).joined(separator: ",") + "]").parse { $0.count }
                    == count)
            let members = Array(repeating: #""":1"#, count: count).joined(separator: ",")
            #expect(
                try Text("{\(members)}").parse { $0.members.reduce(0) { $0 + ($1.value.int64 == 1 ? 1 : 0) } } == count)
        }
    }

    @Test("a parser reads a short text after a long text and after an error")
    func reuse() throws {
        var parser = Parser()
        for text in ["[1,2,3]", "[[[", "[\(String(repeating: "[1],", count: 10_000))2]", "7"] {
            var text = text
            let count = try? text.withUTF8 { try parser.parse($0).rawText.count }
            #expect(count == (text == "[[[" ? nil : text.utf8.count))
        }
    }
}
