import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Writing commands")
struct CommandBufferTests {
    private let subject = SubjectKey.text(of: token(7))
    private let commands = EventCommands(scriptName: Array("sha".utf8), retentionDays: 9, usesSlots: true)

    @Test("arguments carry their length in bytes, whatever they hold")
    func bulk() {
        var buffer = CommandBuffer()
        buffer.begin(parts: 4)
        buffer.bulk("SET")
        buffer.bulk(Array("ç\r\n\0".utf8))
        buffer.bulk(Int64.min)
        buffer.bulk([])
        buffer.end(slot: 5)
        #expect(text(buffer) == "*4\r\n$3\r\nSET\r\n$5\r\nç\r\n\0\r\n$20\r\n-9223372036854775808\r\n$0\r\n\r\n")
        #expect(buffer.slots == [5])
    }

    @Test("a command can be taken out of one buffer and put behind a prelude in another")
    func append() {
        var first = CommandBuffer()
        for name: StaticString in ["A", "BB", "C"] {
            first.begin(parts: 1)
            first.bulk(name)
            first.end(slot: 9)
        }
        var second = CommandBuffer()
        second.prelude(Array("ASKING".utf8))
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
        #expect(buffer.slots[0] == HashSlot.of("creditd:{\(subject)}:latest".utf8))
        #expect(buffer.slots[0] != buffer.slots[1])
    }

    @Test("neighbouring events about one subject share a run of the script, up to a bound")
    func record() throws {
        let events = [
            try event(7, at: -1, "a"), try event(7, at: 1_500_000, "b"), try event(8, at: 0, "c"),
            try event(7, at: 0, "d"),
        ]
        let runs = EventRuns.split(events)
        #expect(runs == [0..<2, 2..<3, 3..<4])
        let lines = words(commands.record(events, runs: runs, today: 20_000))
        let keys = ["latest", "history", "events"].map { "creditd:{\(subject)}:\($0)" }.joined(separator: " ")
        #expect(
            lines[0] == "EVALSHA sha 3 \(keys) 256 864000 20000 movement -1 999999 a {} movement 1 500000 b {}")
        #expect(lines.count == 3)

        let many = Array(repeating: events[0], count: 2 * Limits.eventsInScript + 1)
        #expect(EventRuns.split(many).map(\.count) == [Limits.eventsInScript, Limits.eventsInScript, 1])
        #expect(EventRuns.split([]).isEmpty)
    }

    @Test("only a page of all kinds from the top is cut by the server")
    func places() throws {
        let position = EventPosition(occurredAt: try instant(5_000_007), eventID: try #require(EventID("x")))
        let queries = [
            HistoryQuery(token: token(7), kind: nil, before: nil, limit: 5),
            HistoryQuery(token: token(7), kind: .movement, before: nil, limit: 5),
            HistoryQuery(token: token(7), kind: nil, before: position, limit: 5),
            HistoryQuery(token: token(7), kind: nil, before: nil, limit: -1),
        ]
        let head = "ZREVRANGEBYSCORE creditd:{\(subject)}:history"
        #expect(
            words(commands.places(queries)) == [
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
        #expect(ScriptName.of(Array("abc".utf8)) == Array("a9993e364706816aba3e25717850c26c9cd0d89d".utf8))
    }

    private func text(_ buffer: CommandBuffer) -> String { String(decoding: buffer.bytes, as: UTF8.self) }

    /// The arguments of each command, by spaces; lengths are checked on the way.
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
