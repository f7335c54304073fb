import JSON
import Testing

struct WriterTests {
    private func written(_ body: (inout Writer) -> Void) -> String {
        var writer = Writer()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("commas are written where they belong")
    func commas() {
        let text = written { writer in
            writer.object { writer in
                writer.key("a")
                writer.number(1)
                writer.key("b")
                writer.array { writer in
                    writer.string("x")
                    writer.null()
                    writer.object { _ in }
                    writer.array { _ in }
                    writer.bool(true)
                    writer.bool(false)
                }
                writer.key("c\n" as String)
                writer.object { writer in
                    writer.key("d")
                    writer.verbatim("1.50")
                }
            }
            writer.raw("\n")
            writer.number(2)
        }
        #expect(text == #"{"a":1,"b":["x",null,{},[],true,false],"c\n":{"d":1.50}}"# + "\n2")
    }

    @Test(
        "integers are written in full",
        arguments: [
            0, 1, -1, 9, 10, 99, 100, 12345, -98765, .max, .min, 1_000_000_000_000_000_000, 999_999_999_999_999_999,
        ])
    func numbers(value: Int64) {
        #expect(written { $0.number(value) } == String(value))
    }

    @Test(
        "only characters that require an escape are escaped",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\0\u{1F}\u{7F}", #""\u0000\u001f"# + "\u{7F}\""),
            ("a\u{85}b\u{2028}\u{2029}c", #""a\u0085b\u2028\u2029c""#),
            ("São Paulo €\u{2027}\u{202A}\u{C2}\u{84}\u{86}😀", "\"São Paulo €\u{2027}\u{202A}\u{C2}\u{84}\u{86}😀\""),
        ])
    func strings(value: String, expected: String) {
        #expect(Array(written { $0.string(value) }.utf8) == Array(expected.utf8))
    }

    @Test("a value is written with its source text")
    func verbatim() throws {
        let text = #"{"a":[1.50,1e400,-0,"\u0061\/"],"a":null}"#
        var writer = Writer()
        try Text(text).parse { writer.value($0) }
        #expect(writer.bytes == Array(text.utf8))
    }

    @Test("a writer is empty after its bytes are taken")
    func take() {
        var writer = Writer(reserving: 100)
        writer.number(1)
        #expect(writer.take() == Array("1".utf8))
        #expect(writer.count == 0)
        writer.number(2)
        writer.number(3)
        #expect(writer.withBytes { Array($0) } == Array("2,3".utf8))
    }

    @Test("the buffer grows on demand")
    func growth() throws {
        var writer = Writer(reserving: 1)
        writer.array { writer in
            for index in 0..<10_000 { writer.string(String(repeating: "é", count: index % 50)) }
        }
        let counts = try Text(bytes: writer.take()).parse { $0.elements.map(\.codePointCount) }
        #expect(counts == (0..<10_000).map { $0 % 50 })
    }
}
