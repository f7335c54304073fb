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
        let line = try #require(keys.lines(of: [record]).first)
        #expect(line.line == record.line)
        var altered = line
        altered.line[40] ^= 1
        #expect(keys.areAuthentic([line, altered]) == [true, false])
        #expect(try fixedVault(.b).audit.areAuthentic([line]) == [false])
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
