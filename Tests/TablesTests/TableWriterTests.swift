import Tables
import Testing

@Suite("Writing tables")
struct TableWriterTests {
    private static let columns = [
        TableColumn("id", .text, isNullable: false), TableColumn("income", .integer), TableColumn("share", .number),
        TableColumn("housing", .text),
    ]

    /// Ten rows in portions of nine and one, so that a bitmap has more than one byte, with every kind of null.
    private static func portions() -> [TableRows] {
        var first = TableRows(columns)
        var last = TableRows(columns)
        for row in 0..<9 { append(row, to: &first) }
        append(9, to: &last)
        return [first, last]
    }

    private static func append(_ row: Int, to rows: inout TableRows) {
        rows.values[0].append("s\(row)")
        if row % 3 == 0 { rows.values[1].appendNull() } else { rows.values[1].append(Int64(row) * -1_000_000_007) }
        if row == 8 { rows.values[2].appendNull() } else { rows.values[2].append(Double(row) / 4) }
        switch row % 4 {
        case 0: rows.values[3].append("own")
        case 1: rows.values[3].append("a,\"b\"\nç\\\u{1}")
        case 2: rows.values[3].append("")
        default: rows.values[3].appendNull()
        }
    }

    private static func bytes(_ format: TableFormat, _ portions: [TableRows]) -> [UInt8] {
        let writer = format.writer(of: columns)
        var bytes: [UInt8] = []
        writer.begin(&bytes)
        for rows in portions { writer.append(rows, to: &bytes) }
        writer.end(&bytes)
        return bytes
    }

    private static func text(_ format: TableFormat) -> String {
        String(decoding: bytes(format, portions()), as: UTF8.self)
    }

    @Test("CSV has a line of names, quotes what would end a field, and tells an empty text from none")
    func csv() {
        let text = Self.text(.csv)
        #expect(text.hasPrefix("id,income,share,housing\ns0,,0,own\ns1,-1000000007,0.25,\"a,\"\"b\"\"\nç\\\u{1}\"\n"))
        #expect(text.contains("\ns2,-2000000014,0.5,\"\"\ns3,,0.75,\n"))
        #expect(text.hasSuffix("\ns8,-8000000056,,own\ns9,,2.25,\"a,\"\"b\"\"\nç\\\u{1}\"\n"))
    }

    @Test("NDJSON has every column in every line, and null where there is no value")
    func ndjson() {
        let lines = Self.text(.ndjson).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 11)
        #expect(lines[0] == #"{"id":"s0","income":null,"share":0,"housing":"own"}"#)
        #expect(lines[1] == #"{"id":"s1","income":-1000000007,"share":0.25,"housing":"a,\"b\"\u000aç\\\u0001"}"#)
        #expect(lines[3] == #"{"id":"s3","income":null,"share":0.75,"housing":null}"#)
        #expect(lines[8] == #"{"id":"s8","income":-8000000056,"share":null,"housing":"own"}"#)
    }

    /// `Tests/Oracles/arrow-readers` has shown that pyarrow, polars and duckdb read these bytes as the rows that they
    /// are.
    @Test("an Arrow stream has the bytes that Arrow's own readers were shown to read")
    func arrow() throws {
        let bytes = Self.bytes(.arrow, Self.portions())
        let digits = ArrowFixture.hexadecimal.filter { !$0.isWhitespace }
        #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == digits)
    }

    @Test("every message of an Arrow stream and every buffer begins at a multiple of eight bytes")
    func alignment() {
        let bytes = Self.bytes(.arrow, Self.portions())
        #expect(bytes.count % 8 == 0)
        #expect(bytes.suffix(8) == [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        let metadata = bytes[4..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        #expect(metadata % 8 == 0)
        #expect(Array(bytes[(8 + metadata)...].prefix(4)) == [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test("rows that are written in other portions are the same CSV", arguments: [TableFormat.csv, .ndjson])
    func portions(_ format: TableFormat) {
        var one = TableRows(Self.columns)
        for row in 0..<10 { Self.append(row, to: &one) }
        #expect(Self.bytes(format, [one]) == Self.bytes(format, Self.portions()))
    }

    @Test("a table without rows is a line of names, nothing, and a stream with a schema alone")
    func empty() {
        #expect(Self.bytes(.csv, []) == Array("id,income,share,housing\n".utf8))
        #expect(Self.bytes(.ndjson, []).isEmpty)
        #expect(Self.bytes(.arrow, [TableRows(Self.columns)]) == Self.bytes(.arrow, []))
    }

    @Test(
        "a number is the shortest text that reads back as it",
        arguments: [0, 1, -1, 0.1, 300000.5, 1e300, -2.5e-7, 9_007_199_254_740_992, -0.0])
    func numbers(_ number: Double) {
        var bytes: [UInt8] = []
        bytes.append(number: number)
        #expect(Double(String(decoding: bytes, as: UTF8.self))?.bitPattern == number.bitPattern)
    }

    @Test("integers have all their digits", arguments: [0, 7, -7, 10, Int64.max, Int64.min])
    func integers(_ integer: Int64) {
        var bytes: [UInt8] = []
        bytes.append(decimal: integer)
        #expect(String(decoding: bytes, as: UTF8.self) == "\(integer)")
    }
}
