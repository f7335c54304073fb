import Glibc
import Importing
import JSON
import Tables
import Testing

@Suite("Rows of NDJSON")
struct LineRowsTests {
    @Test("each line is a row, empty lines and a byte order mark are passed over", arguments: [1, 3, 1000])
    func lines(pieceBytes: Int) throws {
        let text = "\u{FEFF}{\"cpf\":\"1\"}\n\n  \r\n{ \"cpf\" : \"2\" }\r\n{\"cpf\":\"3\"}"
        let rows = RowFixture.lines(Array(text.utf8), pieceBytes: pieceBytes)
        #expect(try RowFixture.all(rows) == [#"1 {"cpf":"1"}"#, #"4 { "cpf" : "2" }"#, #"5 {"cpf":"3"}"#])
        #expect(rows.position == text.utf8.count)
    }

    @Test(
        "a line that is no object is refused alone",
        arguments: [
            ("[1]", "not_an_object"), ("7", "not_an_object"), ("{\"a\":1} {\"b\":2}", "trailing_bytes"),
            ("{\"a\":1},\"method\":\"x\",\"y\":{}", "trailing_bytes"), ("{\"a\"", "unexpected_end"),
            ("{\"a\":\"\u{0}\"}", "control_character"), ("\u{0}", "unexpected_byte"),
        ])
    func refused(line: String, reason: String) throws {
        let rows = RowFixture.lines(Array("{\"cpf\":\"1\"}\n\(line)\n{\"cpf\":\"2\"}\n".utf8))
        #expect(try RowFixture.all(rows) == [#"1 {"cpf":"1"}"#, "2 !\(reason)", #"3 {"cpf":"2"}"#])
    }

    @Test("bytes that are no UTF-8 and nesting without end are refused")
    func hostile() throws {
        let deep = String(repeating: "{\"a\":", count: 5000)
        let rows = RowFixture.lines(Array("{\"a\":\"".utf8) + [0xFF, 0x22, 0x7D, 0x0A] + Array(deep.utf8))
        #expect(try RowFixture.all(rows) == ["1 !invalid_utf8", "2 !too_deep"])
    }

    @Test(
        "the file ends within a line, or with it", arguments: ["{}", "{\"a\"", "{}\n{", "x\n\n7"], ["", "\n", "\r\n"])
    func lineEnd(text: String, end: String) throws {
        let rows = RowFixture.lines(Array((text + end).utf8), pieceBytes: 2)
        _ = try RowFixture.all(rows)
        #expect(rows.lacksLineEnd == end.isEmpty)
    }

    @Test("UTF-16 is no file of rows", arguments: [[0xFF, 0xFE, 0x7B, 0], [0xFE, 0xFF, 0, 0x7B]] as [[UInt8]])
    func wide(bytes: [UInt8]) {
        #expect(throws: CSVError.unreadable(EILSEQ)) { _ = try RowFixture.all(RowFixture.lines(bytes)) }
    }

    @Test("a line above the limit is refused, and memory does not hold it", arguments: [7, 4096])
    func long(pieceBytes: Int) throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 300_000) + "\"}\n"
        let text = "{\"cpf\":\"1\"}\n" + long + "{\"cpf\":\"2\"}\n" + long.dropLast()
        let rows = RowFixture.lines(Array(text.utf8), maximumRowBytes: 100, pieceBytes: pieceBytes)
        let expected = [#"1 {"cpf":"1"}"#, "2 !line_too_long", #"3 {"cpf":"2"}"#, "4 !line_too_long"]
        #expect(try RowFixture.all(rows) == expected)
    }

    @Test("reading goes on at the place where a row ended")
    func resumed() throws {
        let text = Array("{\"cpf\":\"1\"}\n\n{\"cpf\":\"2\"}\n{\"cpf\":\"3\"}\n".utf8)
        let first = RowFixture.lines(text)
        var params = Writer()
        for _ in 0..<2 { _ = try first.next(into: &params) }
        let rest = RowFixture.lines(text, pieceBytes: 5)
        #expect(try rest.pass(to: first.position, lastLine: first.lastLine))
        #expect(try RowFixture.all(rest) == [#"4 {"cpf":"3"}"#])
        #expect(try RowFixture.lines(text).pass(to: text.count + 1, lastLine: 9) == false)
    }

    @Test("a debt's members lie beside the CPF, or in debt already")
    func debts() throws {
        let text = #"{"cpf":"1","creditor":"B","amountCents":5}"# + "\n" + #"{"cpf":"1","debt":{"creditor":"B"}}"#
        let expected = [
            #"1 {"cpf":"1","debt":{"creditor":"B","amountCents":5}}"#, #"2 {"cpf":"1","debt":{"creditor":"B"}}"#,
        ]
        #expect(try RowFixture.all(RowFixture.lines(Array(text.utf8), .debts)) == expected)
    }

    @Test("members have other names, join objects that are there, and are left out")
    func renamed() throws {
        let maps: [String: [String]?] = ["id": ["cpf"], "road": ["address", "street"], "junk": [String]?.none]
        let text =
            #"{"id":"1","junk":9,"road":"R","age":1.50}"# + "\n" + #"{"id":"1","address":{"city":"C"},"road":"R"}"#
            + "\n"
            + #"{"id":"1","address":"C","road":"R"}"#
        let expected = [
            #"1 {"cpf":"1","address":{"street":"R"},"age":1.50}"#,
            #"2 {"cpf":"1","address":{"city":"C","street":"R"}}"#,
            // A repeated member, which every method refuses.
            #"3 {"cpf":"1","address":{"street":"R"},"address":"C"}"#,
        ]
        #expect(try RowFixture.all(RowFixture.lines(Array(text.utf8), maps: maps)) == expected)
        let debts = RowFixture.lines(
            Array(#"{"id":"1","owed":5,"status":"open"}"#.utf8), .debts,
            maps: ["id": ["cpf"], "owed": ["debt", "amountCents"]])
        #expect(try RowFixture.all(debts) == [#"1 {"cpf":"1","debt":{"amountCents":5,"status":"open"}}"#])
    }
}
