import Bureau
import Repositories
import Testing

@Suite("Base A: the audit log")
struct PersonRepositoryAuditTests {
    @Test("each read leaves its entry, also when it finds nobody", arguments: Driver<PersonPlace>.all)
    func reads(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1, audit: 1)])
        let report = Sample.audit(
            2, 1, action: "report.get", purpose: .creditApplication, requester: "Banco do Exemplo São João")
        let absent = Sample.audit(3, 9)
        _ = try await store.read([
            PersonRead(token: Sample.token(1), audit: report), PersonRead(token: Sample.token(9), audit: absent),
        ])
        let log = try await place.auditLog()
        #expect(log == [Sample.creation(1, audit: 1).audit, report, absent])
    }

    @Test(
        "creations and deletions that take place leave their entries, others leave none",
        arguments: Driver<PersonPlace>.all)
    func writes(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1, audit: 1)])
        _ = try await store.create([Sample.creation(1, audit: 2)])
        _ = try await store.delete([
            Sample.deletion(1, expecting: 2, audit: 3), Sample.deletion(9, audit: 4),
        ])
        _ = try await store.delete([Sample.deletion(1, expecting: 1, audit: 5)])
        let log = try await place.auditLog()
        #expect(log.map(\.auditID) == [Sample.id(1), Sample.id(5)])
        #expect(log.map(\.action) == ["person.create", "person.delete"])
    }

    @Test("a read that cannot be recorded gives nobody out", arguments: Driver<PersonPlace>.all)
    func unrecordable(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1, audit: 1)])
        // The log refuses an identifier that it has.
        await #expect {
            try await store.read([Sample.read(1, audit: 2), Sample.read(1, audit: 1)])
        } throws: {
            $0.isAuditUnavailable
        }
        let log = try await place.auditLog()
        #expect(log.map(\.auditID) == [Sample.id(1)])
    }
}
