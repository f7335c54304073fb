import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Reading values from replies")
struct ReplyDecoderTests {
    @Test("the newest event of each kind follows its time and identifier")
    func latest() throws {
        let reply = array(["-1.000001 id {\"a b\":1}", nil, "5.000000 x "])
        let latest = try reading(reply) { try LatestDecoder().value(&$0, at: 0) }
        #expect(latest == LatestEvents(bureauQuery: Array("{\"a b\":1}".utf8), movement: nil, cardPurchase: []))
    }

    @Test("a newest event without time or identifier is corrupt", arguments: ["", "5.0", "5.0 x{}"])
    func foreignLatest(value: String) throws {
        #expect(try reading(array([nil, value, nil])) { try LatestDecoder().value(&$0, at: 0) } == nil)
    }

    @Test("a reply without exactly three newest events is malformed")
    func latestCount() {
        #expect(throws: ReplyError.malformed) {
            try reading(array([nil, nil])) { try LatestDecoder().value(&$0, at: 0) }
        }
    }

    @Test("the script answers with a digit for each event; other digits or another count are corrupt")
    func record() throws {
        let decoder = RecordDecoder(runs: [0..<1, 1..<4])
        #expect(try reading("$3\r\n101\r\n") { try decoder.value(&$0, at: 1) } == [.recorded, .duplicate, .recorded])
        for text in ["$2\r\n10\r\n", "$4\r\n1011\r\n", "$3\r\n1x1\r\n", "$-1\r\n"] {
            #expect(try reading(text) { try decoder.value(&$0, at: 1) } == nil)
        }
    }

    @Test("a page starts after its position, has only its kind and ends at its limit")
    func entries() throws {
        let reply = array([
            "000002 b movement", "9", "000001 c movement", "9", "000001 b card_purchase", "9", "000001 a movement", "9",
            "999999 z movement", "-1", "000000 y movement", "-1",
        ])
        let before = EventPosition(occurredAt: try instant(9_000_001), eventID: try #require(EventID("b")))
        let decoder = EntriesDecoder(queries: [
            HistoryQuery(token: token(1), kind: nil, before: nil, limit: 2),
            HistoryQuery(token: token(1), kind: nil, before: before, limit: 9),
            HistoryQuery(token: token(1), kind: .cardPurchase, before: nil, limit: 9),
            HistoryQuery(token: token(1), kind: .movement, before: before, limit: 1),
            HistoryQuery(token: token(1), kind: nil, before: nil, limit: 0),
        ])
        let pages = try decoder.queries.indices.map { index in
            try reading(reply) { try decoder.value(&$0, at: index) }?.map(\.position.eventID.text)
        }
        #expect(pages == [["b", "c"], ["a", "z", "y"], ["b"], ["a"], []])
        let last = try reading(reply) { try decoder.value(&$0, at: 1) }?.last
        #expect(last?.position.occurredAt.microsecondsSinceEpoch == -1_000_000)
    }

    @Test(
        "an entry that this program did not write makes the page corrupt",
        arguments: [
            ("", "1"), ("000001", "1"), ("000001 a", "1"), ("000001 a loan", "1"), ("00001 a movement", "1"),
            ("-00001 a movement", "1"), ("000001 á movement", "1"), ("000001 a movement", "1.5"),
            ("000001 a movement", "1e300"), ("000001 a movement", "9223372036854775807"), ("000001 a movement", ""),
        ])
    func foreignEntries(member: String, score: String) throws {
        let decoder = EntriesDecoder(queries: [HistoryQuery(token: token(1), kind: nil, before: nil, limit: 9)])
        #expect(try reading(array([member, score])) { try decoder.value(&$0, at: 0) } == nil)
    }

    @Test(
        "a time is whole seconds and the microseconds after them, and is read back as it was",
        arguments: [
            0, 1, -1, 999_999, -999_999, -1_000_000, -1_000_001, Instant.first.microsecondsSinceEpoch,
            Instant.last.microsecondsSinceEpoch,
        ])
    func times(microseconds: Int64) throws {
        let time = EventTime(try instant(microseconds))
        #expect((0..<1_000_000).contains(time.micros))
        #expect(time.seconds * 1_000_000 + time.micros == microseconds)
        #expect(Int64(Double(time.seconds)) == time.seconds)
        #expect(try time.instant == instant(microseconds))
    }

    @Test(
        "decimal numbers are read whole or not at all",
        arguments: [
            ("0", 0), ("-0", 0), ("007", 7), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("", nil), ("-", nil), ("+1", nil),
            ("1 ", nil),
            ("99999999999999999999999", nil),
        ] as [(String, Int64?)])
    func decimals(text: String, number: Int64?) {
        #expect(Array(text.utf8).withUnsafeBufferPointer { Int64(decimal: $0) } == number)
    }

    private func array(_ strings: [String?]) -> String {
        "*\(strings.count)\r\n" + strings.map { $0.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n" }.joined()
    }
}
