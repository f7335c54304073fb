import Bureau
import Repositories
import Testing

@Suite("Base A: the audit log")
struct PersonRepositoryAuditTests {
    @Test("each read leaves its records, also when it finds nobody", arguments: Driver<PersonPlace>.all)
    func reads(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1)], audit: [Sample.audit(1)])
        let report = Sample.record(
            2, 1, method: "report.get", purpose: .creditApplication, requester: "Banco do Exemplo São João")
        let absent = Sample.record(3, 9)
        let persons = try await store.read(
            [Sample.token(1), Sample.token(9)], audit: [Sample.audit(report), Sample.audit(absent)])
        #expect(persons.map { $0?.version } == [1, nil])
        #expect(try await place.auditLog() == [Sample.record(1, 1), report, absent])
    }

    @Test("creations and deletions leave their records, whatever becomes of them", arguments: Driver<PersonPlace>.all)
    func writes(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1)], audit: [Sample.audit(1)])
        _ = try await store.create([Sample.creation(1)], audit: [Sample.audit(2)])
        _ = try await store.delete(
            [Sample.personDeletion(1, expecting: 2), Sample.personDeletion(9)],
            audit: [Sample.audit(3), Sample.audit(4)])
        _ = try await store.delete([Sample.personDeletion(1, expecting: 1)], audit: [Sample.audit(5)])
        #expect(try await place.auditLog().map(\.recordID) == (1...5).map { Sample.id($0) })
    }

    @Test("a read that cannot be recorded gives nobody out", arguments: Driver<PersonPlace>.all)
    func unrecordable(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1)], audit: [Sample.audit(1)])
        // The log refuses a MAC that is too short.
        var flawed = Sample.audit(3)
        flawed.mac = []
        await #expect {
            try await store.read([Sample.token(1)], audit: [Sample.audit(2), flawed])
        } throws: {
            $0.isAuditUnavailable
        }
        #expect(try await place.auditLog().map(\.recordID) == [Sample.id(1)])
    }

    @Test("a record that is carried twice is there once, as it was", arguments: Driver<PersonPlace>.all)
    func idempotent(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        try await store.append([Sample.audit(1), Sample.audit(2)])
        try await store.append([Sample.audit(2), Sample.audit(3), Sample.audit(3)])
        _ = try await store.read([Sample.token(1)], audit: [Sample.audit(1)])
        #expect(try await place.auditLog() == (1...3).map { Sample.record($0, 1) })
        let waiting = try await store.auditEdge(backlog: 10).backlog
        #expect(waiting.map(\.recordID) == (1...3).map { Sample.id($0) })
        #expect(waiting.map(\.mac) == (1...3).map { Sample.audit($0).mac })
        let records = try await store.records(at: [waiting[2].position, waiting[0].position, 1 << 40])
        #expect(records.sorted { $0.position < $1.position }.map(\.line) == [1, 3].map { Sample.audit($0) })
    }

    @Test(
        "records are read by time and position, the latest first",
        arguments: Driver<PersonPlace>.all)
    func search(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        let records = (1...9).map { Sample.record($0, $0 % 3, requester: "Loja \($0)") }
        try await store.append(records.map { Sample.audit($0) })
        func found(_ query: AuditQuery) async throws -> [RecordID] {
            try await store.records(query).map(\.line.recordID)
        }
        let (first, last) = (Instant.first, Instant.last)
        #expect(try await found(AuditQuery(from: first, to: last, limit: 3)) == [9, 8, 7].map { Sample.id($0) })
        let all = try await store.records(AuditQuery(from: first, to: last, limit: 9))
        #expect(
            try await found(AuditQuery(from: first, to: last, before: all[2].position, limit: 2))
                == [6, 5].map { Sample.id($0) })
        #expect(
            try await found(AuditQuery(from: Sample.instant(3), to: Sample.instant(5), limit: 9))
                == [4, 3].map { Sample.id($0) })
    }
}
