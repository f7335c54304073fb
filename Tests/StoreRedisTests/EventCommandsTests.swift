import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Writing commands")
struct EventCommandsTests {
    private let subject = SubjectKey.text(of: token(7))
    private let commands = EventCommands(script: RecordingScript("abc"), retentionDays: 9, usesSlots: true)

    /// The SHA-1 of "abc" (FIPS 180-4, example).
    private let sha = "a9993e364706816aba3e25717850c26c9cd0d89d"

    @Test("arguments carry their length in bytes, whatever they hold")
    func bulk() {
        var buffer = CommandBuffer()
        buffer.begin(parts: 5)
        buffer.bulk("SET")
        buffer.bulk(Array("ç\r\n\0".utf8))
        buffer.bulk(Int64.min)
        buffer.bulk(42, minimumDigits: 6)
        buffer.bulk([])
        buffer.end(slot: 5)
        #expect(
            text(buffer)
                == "*5\r\n$3\r\nSET\r\n$5\r\nç\r\n\0\r\n$20\r\n-9223372036854775808\r\n$6\r\n000042\r\n$0\r\n\r\n")
        #expect(buffer.slots == [5])
    }

    @Test("a command can be copied from one buffer to another, after a prelude")
    func append() {
        var first = CommandBuffer()
        for name: StaticString in ["A", "BB", "C"] {
            first.begin(parts: 1)
            first.bulk(name)
            first.end(slot: 9)
        }
        var second = CommandBuffer()
        second.prelude("ASKING")
        second.append(1, of: first)
        #expect(text(second) == "*1\r\n$6\r\nASKING\r\n*1\r\n$2\r\nBB\r\n")
        #expect(second.preludes == [0])
        #expect(second.slots == [0, 9])
        #expect((0..<3).map { first.start(of: $0) } == [0, 11, 23])
    }

    @Test("the newest events of subjects are one HMGET each, sent to the slot of their keys")
    func latest() {
        let buffer = commands.latest([token(7), token(8)])
        let expected = "HMGET creditd:{\(subject)}:latest bureau_query movement card_purchase"
        #expect(words(buffer)[0] == expected)
        #expect(buffer.count == 2)
        #expect(buffer.slots[0] == Array(subject.utf8).withUnsafeBufferPointer { HashSlot.of(tag: $0) })
        #expect(buffer.slots[0] != buffer.slots[1])
    }

    @Test("neighbouring events about one subject share a run of the script, up to a bound")
    func record() throws {
        let events = [
            try event(7, at: -1, "a"), try event(7, at: 1_500_000, "b"), try event(8, at: 0, "c"),
            try event(7, at: 0, "d"),
        ]
        let runs = EventCommands.runs(of: events)
        #expect(runs == [0..<2, 2..<3, 3..<4])
        let lines = words(commands.record(events, runs: runs, today: 20_000))
        let keys = ["latest", "history", "events"].map { "creditd:{\(subject)}:\($0)" }.joined(separator: " ")
        #expect(
            lines[0] == "EVALSHA \(sha) 3 \(keys) 256 864000 20000 movement -1 999999 a {} movement 1 500000 b {}")
        #expect(lines.count == 3)

        let many = Array(repeating: events[0], count: 2 * RedisLimits.eventsInScript + 1)
        let limit = RedisLimits.eventsInScript
        #expect(EventCommands.runs(of: many).map(\.count) == [limit, limit, 1])
        #expect(EventCommands.runs(of: []).isEmpty)
    }

    @Test("the server limits only the first page of all kinds")
    func entries() throws {
        let position = EventPosition(occurredAt: try instant(5_000_007), eventID: try #require(EventID("x")))
        let queries = [
            HistoryQuery(token: token(7), kind: nil, before: nil, limit: 5),
            HistoryQuery(token: token(7), kind: .movement, before: nil, limit: 5),
            HistoryQuery(token: token(7), kind: nil, before: position, limit: 5),
            HistoryQuery(token: token(7), kind: nil, before: nil, limit: -1),
        ]
        let head = "ZREVRANGEBYSCORE creditd:{\(subject)}:history"
        #expect(
            words(commands.entries(queries)) == [
                "\(head) +inf -inf WITHSCORES LIMIT 0 5", "\(head) +inf -inf WITHSCORES",
                "\(head) 5 -inf WITHSCORES", "\(head) +inf -inf WITHSCORES LIMIT 0 0",
            ])
    }

    @Test("a subject's tag is its token in base64url")
    func tag() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF] + Array(repeating: 0, count: 28) + [0xFF]
        let token = bytes.withUnsafeBytes(SubjectToken.init(bytes:))
        let expected = "-_-_" + String(repeating: "A", count: 37) + "P8"
        #expect(token.map(SubjectKey.text) == expected)
    }

    @Test("a script is named by its SHA-1 in hexadecimal")
    func scriptName() {
        #expect(RecordingScript("abc").name == Array(sha.utf8))
    }

    private func text(_ buffer: CommandBuffer) -> String { String(decoding: buffer.bytes, as: UTF8.self) }

    /// Returns the arguments of each command, joined by spaces, and checks their lengths.
    private func words(_ buffer: CommandBuffer) -> [String] {
        (0..<buffer.count).map { index in
            var lines = String(decoding: buffer.bytes[buffer.start(of: index)..<buffer.ends[index]], as: UTF8.self)
                .components(separatedBy: "\r\n")[...]
            let count = lines.popFirst()
            var words: [String] = []
            while let length = lines.popFirst(), let word = lines.popFirst() {
                #expect(length == "$\(word.utf8.count)")
                words.append(word)
            }
            #expect(count == "*\(words.count)")
            return words.joined(separator: " ")
        }
    }
}
