import Testing

@testable import Bureau

@Suite("SubjectToken")
struct SubjectTokenTests {
    @Test("the bytes of a token give the token back")
    func roundTrip() throws {
        let bytes = (0..<32).map { UInt8(200 + $0) }
        let token = try #require(SubjectToken(bytes: bytes))
        #expect(token.bytes == bytes)
        #expect(token.withBytes { SubjectToken(bytes: $0) } == token)
        #expect(SubjectToken { $0.copyBytes(from: bytes) } == token)
    }

    @Test("a token of a numbered key has the number behind its bytes, and each token has one form")
    func numbered() throws {
        let bytes = (0..<32).map { UInt8(200 + $0) }
        let token = try #require(SubjectToken(bytes: bytes + [7]))
        #expect(token.keyNumber == 7 && token.bytes == bytes + [7])
        #expect(token.withWords { Array($0) } == bytes)
        let first = try #require(SubjectToken(bytes: bytes))
        #expect(first != token && first < token && first.keyNumber == 0)
        #expect(SubjectToken(bytes: bytes + [0]) == nil)
    }

    @Test("a token has one text in the audit log, of which every byte counts", arguments: [0, 1, .max] as [UInt8])
    func auditText(keyNumber: UInt8) throws {
        let token = SubjectToken(keyNumber: keyNumber) { $0.copyBytes(from: 200..<232) }
        #expect(SubjectToken(auditText: token.auditText) == token)
        let id = RecordID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF)
        let at = try #require(Instant("2026-11-29T12:00:00.25Z"))
        let access = AuditRecord(
            recordID: id, at: at, process: id, actor: Actor(name: "test", role: .owner), base: .a,
            method: "person.get", groups: .all, outcome: .granted, count: 2,
            subjects: [.whole(token), AuditSubject(token)])
        let mark = WriteMark(token: token, state: .absent(version: 1))
        let write = WriteRecord(recordID: id, at: at, base: .a, marks: [mark, mark])
        let tombstone = TombstoneRecord(recordID: id, at: at, tombstone: Tombstone(token: token, note: Sealed([1])))
        #expect(AuditRecord(line: access.line) == access)
        #expect(WriteRecord(line: write.line) == write)
        #expect(TombstoneRecord(line: tombstone.line) == tombstone)
    }

    @Test("bytes of another length are no token", arguments: [0, 1, 31, 34, 64])
    func length(count: Int) {
        #expect(SubjectToken(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("tokens are in the order of their bytes, and differ when any byte does")
    func order() throws {
        let low = try #require(SubjectToken(bytes: [UInt8](repeating: 0x7F, count: SubjectToken.byteCount)))
        for position in 0..<SubjectToken.byteCount {
            var bytes = low.bytes
            bytes[position] = 0x80
            // A last byte that decides unless the order is by the first difference.
            if position < 31 { bytes[31] = 0 }
            let high = try #require(SubjectToken(bytes: bytes))
            #expect(low < high)
            #expect(!(high < low))
            #expect(low != high)
        }
    }

    @Test("a token shows none of its bytes")
    func hidesItself() throws {
        let token = try #require(SubjectToken(bytes: [UInt8](repeating: 0x7F, count: 32)))
        var text = "\(token) \(String(reflecting: token)) "
        dump(token, to: &text)
        #expect(!text.contains("127") && !text.lowercased().contains("7f"))
    }
}
