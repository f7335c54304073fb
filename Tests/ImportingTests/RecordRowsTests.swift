import Importing
import JSON
import Tables
import Testing

@Suite("Rows of CSV")
struct RecordRowsTests {
    @Test("a field becomes what the schema says, and a CPF keeps its zeros")
    func forms() throws {
        let text =
            "cpf,age,alive,address.street,debts\n01,7,true,\"R \"\"1\"\"\nb\",\"[{\"\"a\"\":1,\n\"\"b\"\":2}]\"\n02,,,,\n"
        let expected = [
            #"2 {"cpf":"01","age":7,"alive":true,"address":{"street":"R \"1\"\nb"},"debts":[{"a":1, "b":2}]}"#,
            #"5 {"cpf":"02"}"#,
        ]
        #expect(try RowFixture.all(RowFixture.records(text)) == expected)
    }

    @Test(
        "what is no number or boolean stays a text, which the schema refuses",
        arguments: ["007", "+1", "1.", ".5", "1e", "1,5", " 1", "0x10", "NaN", "1 000"])
    func noNumber(field: String) throws {
        let rows = try RowFixture.records("cpf,age,alive\n1,\"\(field)\",TRUE\n")
        #expect(try RowFixture.all(rows) == [#"2 {"cpf":"1","age":"\#(field)","alive":"TRUE"}"#])
    }

    @Test("numbers keep their digits", arguments: ["0", "-0", "10", "1.50", "-2e+9", "123456789012345678901234567890"])
    func number(field: String) throws {
        #expect(try RowFixture.all(RowFixture.records("cpf,age\n1,\(field)\n")) == [#"2 {"cpf":"1","age":\#(field)}"#])
    }

    @Test("a broken record is refused alone", arguments: [1, 5, 10_000])
    func broken(pieceBytes: Int) throws {
        let text = """
            cpf,address.street
            1,a
            2
            3,a,b
            "4"x,a
            5,"a
            6,a
            7,"b,c"
            8,a"b
            9,"a
            """
        let expected = [
            #"2 {"cpf":"1","address":{"street":"a"}}"#, "3 !wrong_field_count", "4 !wrong_field_count",
            "5 !broken_quotes", "6 !broken_quotes", #"7 {"cpf":"6","address":{"street":"a"}}"#,
            #"8 {"cpf":"7","address":{"street":"b,c"}}"#, "9 !broken_quotes", "10 !broken_quotes",
        ]
        #expect(try RowFixture.all(RowFixture.records(text, pieceBytes: pieceBytes)) == expected)
    }

    @Test("bytes that are no UTF-8 are refused, NUL bytes are escaped")
    func bytes() throws {
        let text = Array("cpf\n".utf8) + [0xFF, 0x0A, 0x31, 0x00, 0x0A, 0xC3, 0x0A]
        let rows = try RecordRows(members: RowFixture.members(), maps: [:], reading: RowFixture.source(text))
        #expect(try RowFixture.all(rows) == ["2 !invalid_utf8", "3 {\"cpf\":\"1\\u0000\"}", "4 !invalid_utf8"])
    }

    @Test(
        "the file ends within a record's line, or with it", arguments: ["1,a", "1", "1,\"a", "\"1\"x,a", "1,a\n2,b,c"],
        ["", "\n", "\r\n"])
    func lineEnd(text: String, end: String) throws {
        for pieceBytes in [1, 1000] {
            let rows = try RowFixture.records("cpf,address.street\n" + text + end, pieceBytes: pieceBytes)
            _ = try RowFixture.all(rows)
            #expect(rows.lacksLineEnd == end.isEmpty)
        }
    }

    @Test("reading goes on at the place where a record ended")
    func resumed() throws {
        let text = "cpf,address.street\n1,\"a\nb\"\n2,c\n3,d"
        let first = try RowFixture.records(text)
        var params = Writer()
        _ = try first.next(into: &params)
        let rest = try RowFixture.records(text, pieceBytes: 4)
        #expect(try rest.pass(to: first.position, lastLine: first.lastLine))
        let found = try RowFixture.all(rest)
        #expect(found == [#"4 {"cpf":"2","address":{"street":"c"}}"#, #"5 {"cpf":"3","address":{"street":"d"}}"#])
    }

    @Test("columns have other names, and are left out")
    func maps() throws {
        let rows = try RowFixture.records("taxpayer,junk\n1,x\n", maps: ["taxpayer": "cpf", "junk": String?.none])
        #expect(try RowFixture.all(rows) == [#"2 {"cpf":"1"}"#])
    }

    @Test(
        "a header that fits no record is refused, and a line of values is never told",
        arguments: [
            ("52998224725,Maria\n", ColumnError.noHeader), ("Maria,Maria\n", .duplicateColumn(nil)),
            ("cpf,cpf\n", .duplicateColumn("cpf")), ("cpf;address.street\n", .otherSeparator("semicolons")),
            ("cpf\taddress.street\n", .otherSeparator("tabs")), ("c\0p\0f\0\n", .wideCharacters),
            ("", .unreadable(.noHeader)),
            ("cpf,adress.street\n", .unknownColumn(number: 2, name: "adress.street")),
            ("cpf,address,address.street\n", .memberTwice("address.street")),
        ])
    func header(text: String, error: ColumnError) throws {
        #expect(throws: error) { _ = try RowFixture.records(text) }
    }

    @Test("a mapped column that is not there, and two columns that are one member, are refused")
    func wrongMaps() throws {
        #expect(throws: ColumnError.mapsUnknownColumn("no")) {
            _ = try RowFixture.records("cpf\n", maps: ["no": "age"])
        }
        #expect(throws: ColumnError.memberTwice("cpf")) {
            _ = try RowFixture.records("cpf,id\n", maps: ["id": "cpf"])
        }
    }
}
