import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Reading values from replies")
struct ReplyDecoderTests {
    @Test(
        "a value that this program did not write is corrupt",
        arguments: ["", "x", String(repeating: "\u{2}", count: 99)])
    func foreignLatest(value: String) throws {
        var decoder = LatestDecoder { _, _ in [] }
        #expect(try reading("$\(value.utf8.count)\r\n\(value)\r\n") { try decoder.value(&$0, at: 0) } == nil)
        #expect(try reading("$-1\r\n") { try decoder.value(&$0, at: 0) } == LatestEvents())
    }

    @Test("the script answers with a letter for each event; other letters or another count are corrupt")
    func record() throws {
        let decoder = RecordDecoder(runs: [0..<1, 1..<4])
        #expect(try reading("$3\r\n10o\r\n") { try decoder.value(&$0, at: 1) } == [.recorded, .duplicate, .older])
        #expect(try reading("$3\r\ncr1\r\n") { try decoder.value(&$0, at: 1) } == [.conflict, .repeated, .recorded])
        for text in ["$2\r\n10\r\n", "$4\r\n1011\r\n", "$3\r\n1x1\r\n", "$-1\r\n"] {
            #expect(try reading(text) { try decoder.value(&$0, at: 1) } == nil)
        }
    }

    @Test("a page starts after its position, has only its kind and ends at its limit")
    func history() throws {
        let events = [
            try event(1, at: 9_000_002, "b"), try event(1, at: 9_000_001, "c"),
            try event(1, at: 9_000_001, "b", .cardPurchase), try event(1, at: 9_000_001, "a"),
            try event(1, at: -1, "z"), try event(1, at: -1_000_000, "y"),
        ]
        let reply = array(
            events.shuffled().flatMap { [$0.eventID.text, String(decoding: PackedEvent.pack($0), as: UTF8.self)] })
        let before = EventPosition(occurredAt: try instant(9_000_001), eventID: try #require(EventID("b")))
        let queries = [
            HistoryQuery(token: token(1), kind: nil, before: nil, limit: 2),
            HistoryQuery(token: token(1), kind: nil, before: before, limit: 9),
            HistoryQuery(token: token(1), kind: .cardPurchase, before: nil, limit: 9),
            HistoryQuery(token: token(1), kind: .movement, before: before, limit: 1),
            HistoryQuery(token: token(1), kind: nil, before: nil, limit: 0),
        ]
        let decoder = HistoryDecoder(queries: queries) { _, _ in [] }
        let pages = try queries.indices.map { index in
            guard case .events(let page)? = try reading(reply, { try decoder.value(&$0, at: index) }) else {
                return ["none"]
            }
            return page.map(\.eventID.text)
        }
        #expect(pages == [["b", "c"], ["a", "z", "y"], ["b"], ["a"], []])
    }

    @Test(
        "an entry that this program did not write makes the page corrupt",
        arguments: [
            ("a", ""), ("a", "x"), ("a", "m---------1----------"), ("a", "m---------1----------cp"),
            ("a", "m---------1----------cpx"), ("a", "x---------1----------cp1"), ("á", "m---------1----------cp1"),
            ("a", "p---------1----------y5411----1"), ("a", "q---------1-----------0002"),
            ("a", "m~~~~~~~~~~----------cp1"),
        ])
    func foreignEntries(id: String, value: String) throws {
        let query = HistoryQuery(token: token(1), kind: nil, before: nil, limit: 9)
        let decoder = HistoryDecoder(queries: [query]) { _, _ in [] }
        #expect(try reading(array([id, value])) { try decoder.value(&$0, at: 0) } == nil)
    }

    @Test(
        "the digits of times sort as the times do, and are read back as they were",
        arguments: [
            0, 1, -1, 999_999, -999_999, -1_000_000, Instant.first.microsecondsSinceEpoch,
            Instant.last.microsecondsSinceEpoch - 1,
        ])
    func times(microseconds: Int64) throws {
        let texts = try [microseconds, microseconds + 1].map { number in
            var text: [UInt8] = []
            SortableDigits.append(try instant(number), to: &text)
            return text
        }
        #expect(texts[0].lexicographicallyPrecedes(texts[1]))
        #expect(texts[0].count == SortableDigits.timeCount)
        let read = texts[0].withUnsafeBufferPointer { SortableDigits.instant($0[...]) }
        #expect(try read == instant(microseconds))
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
