import Bureau
import Testing

@testable import Vault

struct AuditKeysTests {
    private let keys: AuditKeys

    init() throws { keys = try fixedVault(.a).audit }

    @Test("a head is a signed note with origin, size and root, and reads back with its log's key alone")
    func heads() throws {
        let root = TreeHash.leaf(Array("entry".utf8))
        let note = try keys.sign(size: 7, root: root)
        let lines = String(decoding: note, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6 && lines[0] == keys.verifier.name && lines[1] == "7" && lines[3] == "")
        #expect(lines[2] == root.bytes.base64 && lines[4].hasPrefix("\u{2014} \(keys.verifier.name) "))
        let verifier = try #require(HeadVerifier(text: keys.verifier.text))
        #expect(verifier == keys.verifier)
        #expect(verifier.head(of: note) == TreeHead(origin: keys.verifier.name, size: 7, root: root))
        #expect(try fixedVault(.b).audit.verifier.head(of: note) == nil)
    }

    @Test("no byte of a head can be changed, added or left out")
    func alteredHeads() throws {
        let note = try keys.sign(size: 7, root: .empty)
        for index in note.indices {
            var changed = note
            changed[index] ^= 0x01
            #expect(keys.verifier.head(of: changed) == nil)
            var cut = note
            cut.remove(at: index)
            #expect(keys.verifier.head(of: cut) == nil)
            #expect(keys.verifier.head(of: Array(note[...index]) + note[index...]) == nil)
        }
    }

    @Test("a line is authentic with its own MAC and ring alone")
    func lines() throws {
        let record = AuditRecord(
            recordID: RecordID(high: 1, low: 2), at: Instant(secondsSinceEpoch: 0), process: RecordID(high: 3, low: 4),
            actor: Actor(name: "ana", role: .owner), base: .a, method: "person.get", outcome: .granted, count: 0)
        let line = try #require(keys.opened(keys.lines(of: [record])).first)
        #expect(line.line == record.line)
        var altered = line
        altered.line[40] ^= 1
        #expect(keys.areAuthentic([line, altered]) == [true, false])
        #expect(try fixedVault(.b).audit.areAuthentic([line]) == [false])
    }

    @Test("a store has a line sealed and the day alone, and both come back with the log's key")
    func sealing() throws {
        let at = try #require(Instant("2026-11-30T23:59:59.999999Z"))
        let records = try (0..<40).map { number in
            AuditRecord(
                recordID: RecordID(high: 1, low: UInt64(number)), at: at, process: RecordID(high: 3, low: 4),
                actor: Actor(name: "ana", role: .owner), base: .b, method: "profile.get", outcome: .granted, count: 1,
                subjects: [AuditSubject(try token(7))])
        }
        let lines = keys.lines(of: records)
        let name = try token(7).textOfRecord
        for line in lines {
            #expect(line.at.text == "2026-11-30T00:00:00Z")
            let text = String(decoding: line.line, as: UTF8.self)
            #expect(!["ana", "profile", "23:59", name].contains { text.contains($0) })
        }
        // Records that differ in one letter have nothing in common: no key stream comes twice.
        for (one, other) in zip(lines, lines.dropFirst()) {
            let same = zip(one.line.dropFirst(), other.line.dropFirst()).count { $0 == $1 }
            #expect(same < one.line.count / 16)
        }
        #expect(keys.opened(lines).map(\.line) == records.map(\.line))
        #expect(keys.opened(lines).allSatisfy { $0.at == at })
        var moved = lines[0]
        moved.at = .first
        #expect(keys.opened([moved])[0].at == .first, "the time beside it is of another day")
        let foreign = try fixedVault(.b).audit.opened(lines)
        #expect(foreign.allSatisfy { AuditRecord(line: $0.line) == nil })
        let former = AuditLine(recordID: records[0].recordID, at: at, line: records[0].line, mac: lines[0].mac)
        #expect(keys.opened([former]) == [former] && keys.areAuthentic([former]) == [true])
    }

    @Test("a link of a journal depends on the link before, the line and the ring")
    func links() throws {
        let link = keys.journalLink(after: [1], [2, 3])
        #expect(link == keys.journalLink(after: [1], [2, 3]))
        #expect(link != keys.journalLink(after: [2], [2, 3]))
        #expect(link != keys.journalLink(after: [1], [2, 4]))
        #expect(try link != fixedVault(.b).audit.journalLink(after: [1], [2, 3]))
    }
}
