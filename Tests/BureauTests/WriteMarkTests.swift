import Testing

@testable import Bureau

@Suite("Records of writes in the audit log")
struct WriteMarkTests {
    private static func record(_ states: [WriteMark.State], _ row: WriteMark.Row = .subject) throws -> WriteRecord {
        let token = try #require(SubjectToken(bytes: [UInt8](repeating: 0xFB, count: 32)))
        return WriteRecord(
            recordID: RecordID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF),
            at: try #require(Instant("2026-11-29T12:00:00.25Z")), base: .a,
            marks: states.map { WriteMark(token: token, row: row, state: $0) })
    }

    private static let states: [WriteMark.State] = [
        .present(mark: 0, version: nil), .present(mark: .max, version: 7), .absent(version: nil), .absent(version: 3),
        .leaving, .staying, .resealed(mark: 5, version: 7, generation: .max),
    ]

    @Test("a record is one line of JSON in a fixed form, and no record of an access")
    func line() throws {
        let record = try Self.record([.present(mark: 0xAB, version: 7)])
        #expect(
            String(decoding: record.line, as: UTF8.self) == """
                {"id":"01234567-89ab-4def-8123-456789abcdef","at":"2026-11-29T12:00:00.250Z","written":"A",\
                "marks":["-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s.00000000000000ab.7"]}
                """)
        #expect(AuditRecord(line: record.line) == nil)
        var salted = record
        salted.salt = RecordID(high: 0, low: 1)
        #expect(
            salted.line == record.line.dropLast() + #","salt":"00000000-0000-0000-0000-000000000001"}"#.utf8)
        #expect(AuditRecord.beginning(of: record.line)?.recordID == record.recordID)
    }

    @Test(
        "a record is read back from its line, with one mark or many",
        arguments: [[0], [1, 2, 3, 4], [4, 4], [5], [6, 1]])
    func readsBack(indices: [Int]) throws {
        let payment = WriteMark.Row.payment(debtID: RecordID(high: 1, low: 2), key: RecordID(high: 3, low: .max))
        for row in [.subject, payment] {
            for isAcceptance in [false, true] {
                var record = try Self.record(indices.map { Self.states[$0] }, row)
                record.isAcceptance = isAcceptance
                #expect(WriteRecord(line: record.line) == record)
                let former = record.line
                record.salt = RecordID(high: 5, low: .max)
                #expect(WriteRecord(line: record.line) == record && record.line != former)
            }
        }
    }

    @Test("what was sealed anew is read back, and so is a tombstone")
    func others() throws {
        let resealed = try Self.record([Self.states[6], Self.states[1]])
        #expect(WriteRecord(line: resealed.line) == resealed)
        #expect(String(decoding: resealed.line, as: UTF8.self).contains(#".0000000000000005.7.4294967295","#))
        let (token, id) = (try #require(resealed.marks.first?.token), resealed.recordID)
        for count in [0, 1, 2, 3, 200] {
            let tombstone = Tombstone(token: token, note: Sealed([UInt8](repeating: 0xFB, count: count)))
            let record = TombstoneRecord(recordID: id, at: resealed.at, tombstone: tombstone)
            if count > 0 { #expect(TombstoneRecord(line: record.line) == record) }
            #expect(WriteRecord(line: record.line) == nil && AuditRecord(line: record.line) == nil)
            for index in record.line.indices {
                #expect(TombstoneRecord(line: Array(record.line[..<index])) == nil)
                var other = record.line
                other[index] ^= 1
                #expect(TombstoneRecord(line: other) != record)
            }
        }
    }

    @Test("a line that is cut or altered at any place is no record, or another one")
    func altered() throws {
        let record = try Self.record(Self.states)
        let line = record.line
        for index in line.indices {
            #expect(WriteRecord(line: Array(line[..<index])) == nil)
            var other = line
            other[index] ^= 1
            #expect(WriteRecord(line: other) != record)
        }
    }
}
