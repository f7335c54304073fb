import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: failures")
struct SQLiteFailureTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        "the audit log refuses changes and deletions, whoever asks",
        arguments: [
            "UPDATE audit_record SET line = x'00'", "DELETE FROM audit_record", "DELETE FROM audit_record WHERE at > 0",
        ])
    func insertOnly(sql: String) async throws {
        let path = folder.path("a.db")
        let store = try SQLitePersonStore(path: path, migrations: MigrationStep.embedded(.a))
        _ = try await store.person(1, audit: 1)
        let error = await #expect(throws: DatabaseError.self) {
            try await DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
        #expect(try AuditRows.read(path) == [Sample.record(1, 1)])
    }

    @Test("while another program writes for too long, writes are unavailable and write nothing; reads go on")
    func busy() async throws {
        let path = folder.path("b.db")
        let store = try SQLiteProfileStore(
            path: path, migrations: MigrationStep.embedded(.b), busyTimeoutMilliseconds: 20)
        _ = try await store.put([Sample.put(1)])
        try await WriteLock.held(on: path) {
            let busy = StoreReason(.locked, code: "SQLITE_BUSY", "another process holds the file's lock")
            await #expect(throws: StoreError.unavailable(.b, busy, retryAfterMilliseconds: 100)) {
                try await store.put([Sample.put(1), Sample.put(2)])
            }
            let profiles = try await store.profiles([Sample.token(1), Sample.token(2)])
            #expect(profiles.map { $0?.version } == [1, nil])
        }
        let outcomes = try await store.put([Sample.put(1), Sample.put(2)])
        #expect(outcomes == [.written(version: 2), .written(version: 1)])
    }

    @Test("when the audit log takes no rows, reads fail and writes do not")
    func auditUnavailable() async throws {
        let path = folder.path("a.db")
        let store = try SQLitePersonStore(path: path, migrations: MigrationStep.embedded(.a))
        _ = try await store.create([Sample.creation(1)])
        try await DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: "CREATE TRIGGER full BEFORE INSERT ON audit_record BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
        await #expect {
            try await store.person(1, audit: 1)
        } throws: {
            $0.isAuditUnavailable
        }
        let outcomes = try await store.update([Sample.update(1, expecting: 1)])
        #expect(outcomes == [.written(version: 2)])
    }

    @Test(
        "values of a shape that the program does not write are corrupt, and other profiles can be read",
        arguments: [
            "UPDATE profile SET housing = 'castle' WHERE version = 2",
            "UPDATE profile SET birth_date = 1 << 40 WHERE version = 2",
            "UPDATE asset SET kind = '' WHERE profile = (SELECT id FROM profile WHERE version = 2)",
            "UPDATE income_source SET since = -9999999 WHERE profile = (SELECT id FROM profile WHERE version = 2)",
        ])
    func corrupt(sql: String) async throws {
        let path = folder.path("b.db")
        let store = try SQLiteProfileStore(path: path, migrations: MigrationStep.embedded(.b))
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        _ = try await store.put([Sample.put(1)])
        try await DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        await #expect(throws: StoreError.corrupt(.b)) {
            try await store.profiles([Sample.token(2), Sample.token(1)])
        }
        #expect(try await store.profile(2)?.content == Sample.content(2))
    }

    @Test("a batch that fails does not fail the batches that share its commit")
    func neighbours() async throws {
        let place = try await Driver<PersonPlace>.sqlite.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(0)])
        let failures = try await withThrowingTaskGroup(of: Int.self) { group in
            for subject in 1...60 {
                group.addTask {
                    // Every third batch has a MAC that is too short, which the log refuses.
                    var audit = Sample.audit(100 + subject)
                    if subject.isMultiple(of: 3) { audit.mac = [] }
                    do {
                        return try await store.create([Sample.creation(subject)], audit: [audit])
                            == [.written(version: 1)] ? 0 : 1000
                    } catch StoreError.corrupt(.a) {
                        return 1
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(failures == 20)
        let persons = try await store.persons((1...60))
        #expect(persons.map { $0 != nil } == (1...60).map { !$0.isMultiple(of: 3) })
    }
}
