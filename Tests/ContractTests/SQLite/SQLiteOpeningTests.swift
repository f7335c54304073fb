import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: opening a file")
struct SQLiteOpeningTests {
    private let folder: TemporaryFolder
    private let steps = [
        Migration(name: "0001_first", sql: "CREATE TABLE first (a); CREATE TABLE second (b);"),
        Migration(name: "0002_second", sql: "ALTER TABLE first ADD COLUMN c"),
    ]

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a file that was made is readable by its owner alone, its log too")
    func mode() async throws {
        let store = try SQLitePersonStore(path: folder.path("a.db"), migrations: Migration.embedded(.a))
        _ = try await store.create([Sample.creation(1)])
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test("a file is served again after it was closed, with what was written")
    func reopen() async throws {
        let place = try await Driver<PersonPlace>.sqlite.makePlace()
        var store: (any PersonRepository)? = try await place.open()
        _ = try await store?.create([Sample.creation(1)])
        store = nil
        let person = try await place.open().person(1, audit: 1)
        #expect(person?.token == Sample.token(1))
    }

    @Test("steps that are missing are applied to a file that has the first ones")
    func upgrade() async throws {
        _ = try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0]])
        let health = try await SQLiteEventStore(path: folder.path("c.db"), migrations: steps).health()
        #expect(health.migrationsApplied == 2)
        #expect(health.isReady)
    }

    @Test("a file that has seen a step unknown to the program is refused")
    func newer() throws {
        _ = try SQLiteEventStore(path: folder.path("c.db"), migrations: steps)
        #expect(throws: StoreOpenError.unknownMigration(.c)) {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0]])
        }
    }

    @Test("a base's file is refused as another base's")
    func otherBase() throws {
        _ = try SQLitePersonStore(path: folder.path("x.db"), migrations: Migration.embedded(.a))
        #expect(throws: StoreOpenError.unknownMigration(.b)) {
            try SQLiteProfileStore(path: folder.path("x.db"), migrations: Migration.embedded(.b))
        }
    }

    @Test("a step that fails is named and leaves nothing behind")
    func failing() async throws {
        let broken = Migration(name: "0002_broken", sql: "CREATE TABLE third (d); CREATE TABLE first (e);")
        #expect(throws: StoreOpenError.migrationFailed(.c, migration: "0002_broken")) {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0], broken])
        }
        let tables = try await DatabaseQueue(path: folder.path("c.db")).read { db in
            try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE name IN ('first', 'third')")
        }
        #expect(tables == ["first"])
    }

    @Test("what is not a database, and a path that cannot be made, are refused")
    func notADatabase() throws {
        try Data(repeating: 0x5A, count: 9000).write(to: URL(filePath: folder.path("text.db")))
        #expect(throws: StoreOpenError.notADatabase(.b)) {
            try SQLiteProfileStore(path: folder.path("text.db"), migrations: Migration.embedded(.b))
        }
        #expect(throws: StoreOpenError.inaccessible(.b)) {
            try SQLiteProfileStore(path: folder.path("absent/b.db"), migrations: Migration.embedded(.b))
        }
    }

    @Test("several programs that start at once on a new file all open it", arguments: 1...5)
    func together(round: Int) async throws {
        let ready = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await SQLiteProfileStore(path: folder.path("b.db"), migrations: Migration.embedded(.b))
                        .health().isReady
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ready == Array(repeating: true, count: 6))
    }

    @Test("each step up has its step down, which leaves nothing of it", arguments: Base.allCases)
    func downgrade(base: Base) async throws {
        let queue = try DatabaseQueue()
        let left = try await queue.write { db in
            for step in Migration.embedded(base) { try db.execute(sql: step.sql) }
            for step in Migration.embedded(base, end: ".down.sql").reversed() { try db.execute(sql: step.sql) }
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
        }
        #expect(left == 0)
        #expect(!Migration.embedded(base).isEmpty)
    }
}
