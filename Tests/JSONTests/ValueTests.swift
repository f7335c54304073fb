import JSON
import Testing

struct ValueTests {
    @Test("a value's raw text is its source text without surrounding white space")
    func rawText() throws {
        let text = Text(" \t{ \"a\" : [ 1.50 , \"\\u0061\" ,null] ,\"b\":{} , \"c\" : true}\r\n")
        try text.parse { root in
            #expect(String(decoding: root.rawText, as: UTF8.self).hasPrefix("{ \"a\""))
            #expect(String(decoding: root.rawText, as: UTF8.self).hasSuffix("true}"))
            let array = try #require(root["a"])
            #expect(
                array.elements.map { String(decoding: $0.rawText, as: UTF8.self) } == ["1.50", #""\u0061""#, "null"])
            #expect(array.offset == 10)
            #expect(root.members.map(\.key.string) == ["a", "b", "c"])
            #expect(root.members.map(\.value.kind) == [.array, .object, .true])
            #expect(root.count == 3)
            #expect(array.element(at: 1)?.string == "a")
            #expect(array.element(at: 3) == nil)
        }
    }

    @Test("accessors return nothing for values of other kinds")
    func otherKinds() throws {
        try Text(#"[null, true, 1, "x", [1], {"a": 1}]"#).parse { root in
            let values = Array(root.elements)
            #expect(values.map(\.kind) == [.null, .true, .number, .string, .array, .object])
            #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil])
            #expect(values.map(\.string) == [nil, nil, nil, "x", nil, nil])
            #expect(values.map(\.int64) == [nil, nil, 1, nil, nil, nil])
            #expect(values.map(\.count) == [0, 0, 0, 0, 1, 1])
            #expect(values.map { $0.elements.reduce(0) { sum, _ in sum + 1 } } == [0, 0, 0, 0, 1, 0])
            #expect(values.map { $0["a"]?.int64 } == [nil, nil, nil, nil, nil, 1])
            #expect(values.map { $0.equals("x") } == [false, false, false, true, false, false])
            #expect(values.map(\.isNull) == [true, false, false, false, false, false])
            #expect(values.map(\.contents.count) == [0, 0, 0, 1, 0, 0])
        }
    }

    @Test(
        "a string is decoded",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000""#, "\0"),
            (#""\u00e9\u00E9é""#, "ééé"), (#""\ud83d\ude00😀""#, "😀😀"), (#""\u20ac\uffff""#, "€\u{FFFF}"),
            ("\"\u{85}\u{2028}\u{2029}\u{7F}\"", "\u{85}\u{2028}\u{2029}\u{7F}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""0123456789abcdef\n0123456789abcdef""#, "0123456789abcdef\n0123456789abcdef"),
        ])
    func decoded(text: String, expected: String) throws {
        try Text(text).parse { value in
            #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
            #expect(value.hasEscapes == text.contains("\\"))
            #expect(value.isPlainASCII == (!text.contains("\\") && text.utf8.allSatisfy { $0 < 0x80 }))
            #expect(value.codePointCount == expected.unicodeScalars.count)
            #expect(value.withUTF8 { Array($0) } == Array(expected.utf8))
        }
    }

    @Test("every Unicode scalar is preserved, raw and escaped")
    func everyScalar() throws {
        for scalars in stride(from: 0x20, to: 0x11_0000, by: 0x100) {
            let all = (scalars..<scalars + 0x100).compactMap { Unicode.Scalar(UInt32($0)) }
            let expected = String(String.UnicodeScalarView(all))
            var writer = Writer()
            writer.string(expected)
            let escaped = expected.utf16.map { "\\u" + String(0x1_0000 + UInt32($0), radix: 16).dropFirst() }.joined()
            #expect(try Text(bytes: writer.bytes).parse { $0.string } == expected)
            #expect(try Text("\"\(escaped)\"").parse { $0.string } == expected)
        }
    }

    @Test("a string is compared with a literal by decoded bytes, without normalisation")
    func equals() throws {
        try Text(#"["abc", "\u0061bc", "é", "e\u0301", "\u00e9", "ab", "abcd", ""]"#).parse { root in
            #expect(root.elements.map { $0.equals("abc") } == [true, true, false, false, false, false, false, false])
            #expect(root.elements.map { $0.equals("é") } == [false, false, true, false, true, false, false, false])
            #expect(root.elements.map { $0.equals("") } == [false, false, false, false, false, false, false, true])
        }
    }

    @Test("look-up finds the first member with a decoded key")
    func lookup() throws {
        try Text(#"{"ab":1,"\u0061":2,"a":3,"é":4,"e\u0301":5,"":6}"#).parse { root in
            #expect(root["a"]?.int64 == 2)
            #expect(root["é"]?.int64 == 4)
            #expect(root[""]?.int64 == 6)
            #expect(root["b"] == nil)
        }
    }

    @Test("a document keeps its own text")
    func document() throws {
        var bytes = Array(#"{"a":[1,2]}"#.utf8)
        let document = try Document(bytes)
        bytes.removeAll()
        #expect(document.withRoot { $0["a"]?.elements.map(\.int64) } == [1, 2])
        #expect(throws: SyntaxError(reason: .unexpectedEnd, offset: 1)) { try Document("[".utf8) }
    }
}
