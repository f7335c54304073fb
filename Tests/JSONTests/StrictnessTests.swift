import JSON
import Testing

struct StrictnessTests {
    @Test(
        "what RFC 8259 does not allow is refused with its reason and byte",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[1,]", .unexpectedByte, 3),
            (#"{"a":1,}"#, .unexpectedByte, 7), ("[,1]", .unexpectedByte, 1), ("{,}", .unexpectedByte, 1),
            (#"{"a"}"#, .unexpectedByte, 4), (#"{"a" 1}"#, .unexpectedByte, 5), ("{1:2}", .unexpectedByte, 1),
            (#"{"a":}"#, .unexpectedByte, 5), ("[1 2]", .unexpectedByte, 3), ("[1}", .unexpectedByte, 2),
            (#"{"a":1]"#, .unexpectedByte, 6), ("]", .unexpectedByte, 0), ("}", .unexpectedByte, 0),
            (",", .unexpectedByte, 0), (":", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
            ("Infinity", .unexpectedByte, 0), ("-Infinity", .unexpectedByte, 1), ("+1", .unexpectedByte, 0),
            ("01", .trailingBytes, 1), ("-01", .trailingBytes, 2), (".5", .unexpectedByte, 0),
            ("1.", .unexpectedEnd, 2), ("[1.]", .unexpectedByte, 3), ("1.e1", .unexpectedByte, 2),
            ("0x1", .trailingBytes, 1), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
            ("-", .unexpectedEnd, 1), ("--1", .unexpectedByte, 1), ("'x'", .unexpectedByte, 0),
            ("// x\n1", .unexpectedByte, 0), ("/* */1", .unexpectedByte, 0), ("TRUE", .unexpectedByte, 0),
            ("True", .unexpectedByte, 0), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3),
            ("nul", .unexpectedEnd, 3), ("falsee", .trailingBytes, 5), ("{}{}", .trailingBytes, 2),
            ("{} x", .trailingBytes, 3), ("{}\r{}", .trailingBytes, 3), ("1 2", .trailingBytes, 2),
            (#""a"#, .unexpectedEnd, 2), (#""a\"#, .unexpectedEnd, 3), (#""\u12"#, .unexpectedEnd, 5),
            (#""\x""#, .invalidEscape, 1), (#""\u12g4""#, .invalidEscape, 5), (#""\U0041""#, .invalidEscape, 1),
            ("[", .unexpectedEnd, 1), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
            (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5), ("\u{FEFF}1", .unexpectedByte, 0),
            ("\u{A0}1", .unexpectedByte, 0), ("\u{0B}1", .unexpectedByte, 0), ("1\u{0C}", .trailingBytes, 1),
            ("\"a\tb\"", .controlCharacter, 2), ("\"a\nb\"", .controlCharacter, 2), ("\"\0\"", .controlCharacter, 1),
            ("\0", .unexpectedByte, 0), ("1\0", .trailingBytes, 1), ("\"12345678\u{1F}\"", .controlCharacter, 9),
            (#""\ud800""#, .unpairedSurrogate, 1), (#""\udc00""#, .unpairedSurrogate, 1),
            (#""\ud800\ud800""#, .unpairedSurrogate, 1), (#""\ud800x""#, .unpairedSurrogate, 1),
            (#""x\udc00\ud800""#, .unpairedSurrogate, 2), (#""\ud800\n""#, .unpairedSurrogate, 1),
        ] as [(String, SyntaxError.Reason, Int)])
    func refused(text: String, reason: SyntaxError.Reason, offset: Int) throws {
        let error = try #require(Text(text).error())
        #expect(error.reason == reason)
        #expect(error.offset == offset)
    }

    @Test(
        "bytes that are not UTF-8 are refused at their start, at any position in a string",
        arguments: [
            [0xFF], [0xFE], [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xC3], [0xE2, 0x80], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA8],
        ] as [[UInt8]])
    func invalidUTF8(sequence: [UInt8]) throws {
        for before in 0..<20 {
            let bytes = Array("\"".utf8) + Array(repeating: UInt8(ascii: "a"), count: before) + sequence
            for after in [[], [UInt8](repeating: UInt8(ascii: "b"), count: 9)] {
                let error = try #require(Text(bytes: bytes + after + Array("\"".utf8)).error())
                #expect(error == Text(bytes: bytes).error())
                #expect(error.reason == .invalidUTF8)
                #expect(error.offset == before + 1)
            }
        }
    }

    @Test("UTF-16 is refused")
    func utf16() {
        let text = Array("{}".utf8)
        #expect(Text(bytes: [0xFF, 0xFE] + text.flatMap { [$0, 0] }).error()?.reason == .unexpectedByte)
        #expect(Text(bytes: text.flatMap { [0, $0] }).error()?.reason == .unexpectedByte)
    }

    @Test("every incomplete prefix of a text is refused")
    func prefixes() {
        let text = Array(#" {"a": [1.5e+3, -0, true, false, null, "\u00e9\ud83d\ude00 é😀\n"], "b": {"": {}}} "#.utf8)
        #expect(Text(bytes: text).error() == nil)
        #expect(Text(bytes: text.dropLast()).error() == nil)
        for length in 0..<text.count - 1 {
            #expect(Text(bytes: Array(text[..<length])).error() != nil)
        }
    }

    @Test("replacing any byte by any other gives a valid text or an error inside the text")
    func mutations() {
        let text = Array(#"{"a":[1.5e+3,-0,true,null,"\u00e9\ud83d\ude00é"],"b":{}}"#.utf8)
        var refused = 0
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = text
                mutated[index] = byte
                if let error = Text(bytes: mutated).error() {
                    refused += 1
                    #expect((0...text.count).contains(error.offset))
                }
            }
        }
        #expect(refused > text.count * 128)
    }
}
