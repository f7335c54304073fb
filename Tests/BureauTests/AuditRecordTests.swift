import Testing

@testable import Bureau

struct AuditRecordTests {
    private static func record(_ change: (inout AuditRecord) -> Void = { _ in }) throws -> AuditRecord {
        var record = AuditRecord(
            recordID: RecordID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF),
            at: try #require(Instant("2026-11-29T12:00:00.25Z")), process: RecordID(high: 1, low: 2),
            actor: Actor(name: "ana", role: .collector), base: .a, method: "person.get", purpose: .debtCollection,
            requester: "Loja", groups: [.debts, .identity], outcome: .granted, count: 1,
            subjects: [AuditSubject(try #require(SubjectToken(bytes: [UInt8](repeating: 0xFB, count: 32))))])
        change(&record)
        return record
    }

    @Test("a record is one line of JSON with its members in a fixed order")
    func line() throws {
        let line = String(decoding: try Self.record().line, as: UTF8.self)
        #expect(
            line == """
                {"id":"01234567-89ab-4def-8123-456789abcdef","at":"2026-11-29T12:00:00.250Z",\
                "process":"00000000-0000-0001-0000-000000000002","actor":"ana","role":"collector","base":"A",\
                "method":"person.get","purpose":"debt_collection","requester":"Loja","groups":["identity","debts"],\
                "outcome":"granted","count":1,"subjects":["-_v7-_v7-_v7-_v7-_v7-w"]}
                """)
    }

    @Test("a record is read back from its line, whatever its texts hold")
    func readsBack() throws {
        let texts = ["", "Loja", "\"\\/\u{1}\n\u{1F}", "São João 🏦", #"","actor":"eva"#]
        for text in texts {
            let record = try Self.record { record in
                record.requester = text
                record.actor.name = text
            }
            #expect(AuditRecord(line: record.line) == record)
        }
        let act = try Self.record { record in
            record.base = nil
            record.purpose = nil
            record.requester = nil
            record.groups = []
            record.subjects = []
            record.outcome = .done
        }
        #expect(AuditRecord(line: act.line) == act)
    }

    @Test("a line with one byte changed, added or left out is another record or none")
    func damage() throws {
        let record = try Self.record()
        let line = record.line
        for index in line.indices {
            var changed = line
            changed[index] ^= 0x01
            #expect(AuditRecord(line: changed) != record)
            var cut = line
            cut.remove(at: index)
            #expect(AuditRecord(line: cut) != record)
            var longer = line
            longer.insert(UInt8(ascii: " "), at: index)
            #expect(AuditRecord(line: longer) != record)
        }
    }

    @Test("no value can make a line look as if it had another member")
    func noInjection() throws {
        let record = try Self.record { $0.requester = #"x","actor":"eva","role":"owner"# }
        let sought = AuditRecord.member("actor", "eva")
        let line = record.line
        #expect(!line.indices.contains { line[$0...].starts(with: sought) })
    }

    @Test("a subject is found in the records of this version and of earlier ones, which have the whole token")
    func wholeTokens() throws {
        for keyNumber: UInt8 in [0, 3] {
            let bytes = (0..<32).map { UInt8($0 * 7) } + (keyNumber == 0 ? [] : [keyNumber])
            let token = try #require(SubjectToken(bytes: bytes))
            for subject in [AuditSubject(token), .whole(token)] {
                let record = try Self.record { $0.subjects = [subject, subject] }
                #expect(AuditRecord(line: record.line) == record)
                let text = AuditSubject.searchText(of: token)
                #expect(record.line.indices.contains { record.line[$0...].starts(with: text) })
            }
        }
    }
}
