import JSON
import Seeds
import Testing

@testable import JSONRPC

@Suite("The template of a client's lines")
struct CallTemplateTests {
    private static let lines = [
        #"{"jsonrpc":"2.0","id":7,"method":"m","params":{"cpf":"52998224725"}}"#,
        #"{"jsonrpc":"2.0","id":"a-1","method":"m","params":{"purpose":"p","cpf":"529.982.247-25"}}"#,
        #"{"params":{"cpf":"52998224725","id":7},"id" : 123456 ,"method":"m","jsonrpc":"2.0"}"#,
        #"{"id":5,"params":{"cpf":"1"},"jsonrpc":"2.0"}"#,
    ]

    /// Calls `body` with the template of a line, or of the first message of a batch.
    private func withTemplate<R>(of line: String, _ body: (CallTemplate?) throws -> R) throws -> R {
        try Text(line).parse { root in
            let message = root.kind == .array ? try #require(root.element(at: 0)) : root
            let (id, subject) = (try #require(message["id"]), try #require(message["params"]?["cpf"]))
            let start = try #require(root.rawText.baseAddress) - root.offset
            let text = UnsafeBufferPointer(start: start, count: line.utf8.count)
            return try body(CallTemplate(text, id: id.rawText, subject: subject, maximumIDBytes: 20))
        }
    }

    private func match(_ template: CallTemplate, _ line: [UInt8]) -> (id: String, subject: String)? {
        line.withUnsafeBufferPointer { line in
            template.match(line).map { (Array($0.id).text, Array($0.subject).text) }
        }
    }

    @Test(
        "a line with another id and another subject of the same length fits",
        arguments: [
            ("7", "11144477735"), ("0", "11144477735"), ("123456789012345678", "11144477735"),
            (#""a""#, "11144477735"), (#""""#, "11144477735"), (#""1234567890 ~{}:,[]""#, "11144477735"),
        ])
    func fits(id: String, subject: String) throws {
        let line = #"{"jsonrpc":"2.0","id":\#(id),"method":"m","params":{"cpf":"\#(subject)"}}"#
        let found = try withTemplate(of: Self.lines[0]) { match(try #require($0), Array(line.utf8)) }
        #expect(found?.id == id && found?.subject == subject)
    }

    @Test(
        "an id of a rare form or a long one, and a subject of another length, do not fit",
        arguments: [
            ("-7", "11144477735"), ("07", "11144477735"), ("7.0", "11144477735"), ("7e1", "11144477735"),
            ("null", "11144477735"), ("[7]", "11144477735"), ("1234567890123456789", "11144477735"),
            (#""a\n""#, "11144477735"), (#""é""#, "11144477735"), (#""1234567890123456789""#, "11144477735"),
            (#""a""#, "111.444.777-35"), ("", "11144477735"), ("7", "1114447773"), ("7", ""), (#""a"#, "11144477735"),
            (" 7", "11144477735"), ("7 ", "11144477735"),
        ])
    func differs(id: String, subject: String) throws {
        let line = #"{"jsonrpc":"2.0","id":\#(id),"method":"m","params":{"cpf":"\#(subject)"}}"#
        let found = try withTemplate(of: Self.lines[0]) { match(try #require($0), Array(line.utf8)) }
        #expect(found == nil)
    }

    @Test(
        "a batch, and a subject with escapes, make no template",
        arguments: [
            #"[{"id":1,"params":{"cpf":"1"}}]"#, #"{"id":1,"params":{"cpf":"\u0031"}}"#,
            #"{"id":1,"params":{"cpf":""}}"#,
            #"{"id":1,"params":{"cpf":1}}"#, #"{"id":1,"params":{"cpf":"é"}}"#, #" {"id":1,"params":{"cpf":"1"}}"#,
        ])
    func noTemplate(line: String) throws {
        try withTemplate(of: line) { #expect($0 == nil) }
    }

    @Test("a changed line that fits is JSON, and differs in the two texts alone", arguments: lines)
    func mutations(line: String) throws {
        let alphabet = Array(#"0123456789",:{}[]\ .-eaé"#.utf8) + [0, 0x7F]
        var random = SeededGenerator(seed: 7)
        var fitting = 0
        try withTemplate(of: line) { template in
            let template = try #require(template)
            for _ in 0..<20_000 {
                var changed = Array(line.utf8)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let index = Int.random(in: changed.indices, using: &random)
                    let byte = try #require(alphabet.randomElement(using: &random))
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: changed[index] = byte
                    case 1: changed.insert(byte, at: index)
                    default: changed.remove(at: index)
                    }
                }
                guard let found = match(template, changed) else { continue }
                // The method judges the subject, of which any bytes may be left.
                let isPlain = found.subject.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C }
                guard isPlain else { continue }
                fitting += 1
                let read = try Text(bytes: changed).parse { message in
                    (message["id"]?.rawText.map(\.self), message["params"]?["cpf"]?.string)
                }
                #expect(read.0 == Array(found.id.utf8) && read.1 == found.subject, "\(changed.text)")
            }
        }
        #expect(fitting > 20)
    }
}
