import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Writing commands")
struct EventCommandsTests {
    private let subject = SubjectKey.text(of: token(7))
    private let commands = EventCommands(script: EventScript("abc"), retentionDays: 9, usesSlots: true)

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

    @Test("the newest events of subjects are one GET each, sent to the slot of their keys")
    func latest() {
        let buffer = commands.latest([token(7), token(8)])
        let expected = "GET creditd:{\(subject)}:latest"
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
        let lines = words(commands.record(events, runs: runs, now: try instant(20_000 * 86_400_000_000)))
        let keys = ["latest", "events", "history"].map { "creditd:{\(subject)}:\($0)" }.joined(separator: " ")
        let since = "2XpG27gq--"
        #expect(
            lines[0]
                == "EVALSHA \(sha) 3 \(keys) record 20000 256 4096 \(since) 864000 691200 "
                + "a \(packed(events[0])) \(segment(events[0])) 1  b \(packed(events[1])) \(segment(events[1])) 1 ")
        #expect(lines.count == 3)

        let many = Array(repeating: events[0], count: 2 * RedisLimits.eventsInScript + 1)
        let limit = RedisLimits.eventsInScript
        #expect(EventCommands.runs(of: many).map(\.count) == [limit, limit, 1])
        #expect(EventCommands.runs(of: []).isEmpty)
    }

    @Test("a receipt is a further key of the subject, and a removal names its event")
    func receipts() throws {
        let key = RepeatKey(token: token(7), key: RecordID(high: 1, low: 0xAB))
        let receipt = Receipt(digest: RecordID(high: 2, low: 3), at: .first, body: Array("x".utf8))
        let removal = EventRemoval(
            token: token(7), eventID: try #require(EventID("a")), receipt: NewReceipt(key: key, receipt: receipt))
        let name = "creditd:{\(subject)}:key:000000000000000100000000000000ab"
        let value = "00000000000000020000000000000003----------x"
        let keys = ["latest", "events", "history"].map { "creditd:{\(subject)}:\($0)" }.joined(separator: " ")
        #expect(words(commands.remove([removal])) == ["EVALSHA \(sha) 4 \(keys) \(name) remove 691200 a \(value)"])
        #expect(words(commands.receipts([key])) == ["GET \(name)"])
        let read = Array(value.utf8).withUnsafeBufferPointer { PackedReceipt.read($0) }
        #expect(read == receipt)
    }

    private func segment(_ event: EventRecord) -> String {
        String(decoding: LatestValue.segment(of: event), as: UTF8.self)
    }

    private func packed(_ event: EventRecord) -> String { String(decoding: PackedEvent.pack(event), as: UTF8.self) }

    @Test("a subject's tag is its token in base64url")
    func tag() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF] + Array(repeating: 0, count: 28) + [0xFF]
        let token = bytes.withUnsafeBytes(SubjectToken.init(bytes:))
        let expected = "-_-_" + String(repeating: "A", count: 37) + "P8"
        #expect(token.map(SubjectKey.text) == expected)
    }

    @Test("the tag of a token of another key has the key's number behind it, and every name is read back")
    func longTag() throws {
        let other = SubjectToken(keyNumber: 7) { bytes in token(7).withWords { bytes.copyMemory(from: $0) } }
        let text = SubjectKey.text(of: other)
        #expect(text.count == subject.count + 1 && text.hasPrefix(subject.dropLast()))
        let buffer = commands.latest([other, token(7)])
        #expect(words(buffer) == ["GET creditd:{\(text)}:latest", "GET creditd:{\(subject)}:latest"])
        for (name, receipt) in [("latest", nil), ("events", nil), ("history", nil), ("key:0a", "0a")] {
            for token in [other, token(7)] {
                let read = SubjectKey.name(of: token, Array(name.utf8)).withUnsafeBufferPointer(SubjectKey.Name.init)
                #expect(read?.token == token && read?.receipt == receipt.map { Array($0.utf8) })
            }
        }
        for name in ["creditd:{\(text)}:moved", "creditd:{key-ring}:mark", "creditd:{", "creditd:{}:latest", "other"] {
            #expect(Array(name.utf8).withUnsafeBufferPointer { SubjectKey.Name($0) == nil })
        }
    }

    @Test("a place of a walk is read back from its cursor")
    func places() {
        let place = KeyWalk.Place(map: 5, slot: 6, position: Array("77".utf8))
        for place in [TokenWalkPlace.tombstones(64), .keys(nil), .keys(place)] {
            #expect(TokenWalkPlace(place.cursor) == place)
        }
        #expect(TokenWalkPlace(nil) == .tombstones(0))
        let walk = KeyWalk(map: 1, slots: [3, 9])
        #expect(walk.place(after: walk.beginning, Array("4".utf8))?.slot == 3)
        let next = walk.place(after: walk.beginning, Array("0".utf8))
        #expect(next?.slot == 9 && next?.position == Array("0".utf8))
        #expect(next.flatMap { walk.place(after: $0, Array("0".utf8)) } == nil)
    }

    @Test("a script is named by its SHA-1 in hexadecimal")
    func scriptName() {
        #expect(EventScript("abc").name == Array(sha.utf8))
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
