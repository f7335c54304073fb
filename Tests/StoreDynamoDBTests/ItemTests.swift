import Bureau
import JSON
import Repositories
import Testing

@testable import StoreDynamoDB

@Suite("Items of the table")
struct ItemTests {
    @Test("a profile is read as it was written")
    func profile() throws {
        for content in [Sample.full, Sample.bare] {
            let put = ProfilePut(content: content, expectedVersion: nil, at: .last)
            let body = TableRequests(table: "tab").put(put, WriteID(bytes: [1])).body
            let record = try withObject(in: Sample.item(ofUpdate: body)) { (item) throws(MalformedItem) in
                try ProfileItem.record(ItemReader(members: item), content.token)
            }
            #expect(record == ProfileRecord(content: content, version: 1, times: RowTimes(.last)))
        }
    }

    @Test("a score is read as it was written, and so is one of version 0.1.0")
    func score() throws {
        let former = [Int64.min, -1, 0, 817, .max].map { ScoreContent.points(Sample.formerScore($0)) }
        for content in former + [.packed([]), .packed(Array(0...255))] {
            let score = Sample.score(content)
            var writer = Writer()
            writer.object {
                ScoreItem.write(LivingScore(record: score, life: WriteID(bytes: [1, 2]), expiresAt: .last), to: &$0)
            }
            let record = try withObject(in: writer.bytes) { (item) throws(MalformedItem) in
                try ScoreItem.record(ItemReader(members: item), score.token)
            }
            #expect(record == score)
        }
    }

    @Test(
        "a number is read in every form of the same value",
        arguments: [
            ("0", Int64(0)), ("-0", 0), ("1E+2", 100), ("1e2", 100), ("100.0", 100), ("-7", -7),
            ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("123456789012345678", 123_456_789_012_345_678),
        ])
    func number(text: String, value: Int64) throws {
        #expect(try Self.read(#"{"N":"\#(text)"}"#) { (item) throws(MalformedItem) in try item.integer("x") } == value)
    }

    @Test(
        "a value that is no such number is malformed",
        arguments: [
            #"{"N":""}"#, #"{"N":"-"}"#, #"{"N":"1.5"}"#, #"{"N":"9223372036854775808"}"#, #"{"N":"1 "}"#, #"{"N":1}"#,
            #"{"N":"0x1"}"#, #"{"S":"1"}"#, "{}", "[]", "7", "null", #"{"N":["1"]}"#,
        ])
    func noNumber(json: String) {
        #expect(throws: MalformedItem.self) {
            try Self.read(json) { (item) throws(MalformedItem) -> Int64 in try item.integer("x") }
        }
    }

    @Test(
        "bytes that are not base64 text are malformed",
        arguments: [#"{"B":"Zg"}"#, #"{"B":7}"#, #"{"B":null}"#, #"{"S":"Zg=="}"#, #"{"B":"Z*=="}"#, "{}"])
    func noBytes(json: String) {
        #expect(throws: MalformedItem.self) {
            try Self.read(json) { (item) throws(MalformedItem) in try item.bytes("x") }
        }
    }

    @Test("base64 with escaped slashes is read")
    func escapedBytes() throws {
        let bytes = try Self.read(#"{"B":"\/\/\/\u002f"}"#) { (item) throws(MalformedItem) in try item.bytes("x") }
        #expect(bytes == [0xFF, 0xFF, 0xFF])
    }

    @Test("a profile that lacks any of its members, or has it in another type, is malformed")
    func incomplete() throws {
        let put = ProfilePut(content: Sample.full, expectedVersion: nil, at: .first)
        let whole = Sample.item(ofUpdate: TableRequests(table: "tab").put(put, WriteID(bytes: [1])).body)
        let text = String(decoding: whole, as: UTF8.self)
        for name in ["dataKey", "birthDate", "address", "assets", "incomeSources", "version", "createdAt", "updatedAt"]
        {
            for replacement in ["\"gone\":", "\"\(name)\":{\"BOOL\":true},\"rest\":"] {
                let broken = text.split(separator: "\"\(name)\":", maxSplits: 1).joined(separator: replacement)
                #expect(broken != text)
                #expect(throws: MalformedItem.self) {
                    try withObject(in: Array(broken.utf8)) { (item) throws(MalformedItem) in
                        _ = try ProfileItem.record(ItemReader(members: item), Sample.full.token)
                    }
                }
            }
        }
    }

    private static func read<R>(
        _ json: String, _ body: (ItemReader) throws(MalformedItem) -> R
    ) throws(MalformedItem) -> R {
        try withObject(in: Array(#"{"x":\#(json)}"#.utf8)) { (value) throws(MalformedItem) in
            try body(ItemReader(members: value))
        }
    }
}
