import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: opening a file")
struct SQLiteOpeningTests {
    private let folder: TemporaryFolder
    private let steps = [
        MigrationStep("0001_first", up: "CREATE TABLE first (a); CREATE TABLE second (b);"),
        MigrationStep("0002_second", up: "ALTER TABLE first ADD COLUMN c"),
    ]

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a new file and its log are readable by their owner alone")
    func mode() async throws {
        let store = try SQLitePersonStore(path: folder.path("a.db"), migrations: MigrationStep.embedded(.a))
        _ = try await store.create([Sample.creation(1)])
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test("a file that is opened again holds what was written")
    func reopen() async throws {
        let place = try await Driver<PersonPlace>.sqlite.makePlace()
        var store: (any PersonRepository)? = try await place.open()
        _ = try await store?.create([Sample.creation(1)])
        store = nil
        let person = try await place.open().person(1, audit: 1)
        #expect(person?.token == Sample.token(1))
    }

    @Test("missing steps are applied to a file that has the first ones")
    func upgrade() async throws {
        _ = try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0]])
        let health = try await SQLiteEventStore(path: folder.path("c.db"), migrations: steps).health()
        #expect(health.migrationsApplied == 2)
        #expect(health.isReady)
    }

    private static func newer(_ base: Base, _ step: String) -> StoreOpenError {
        let owner = "it belongs to a newer program or to another base"
        return StoreOpenError(
            base, .schemaNewer, "the file has migration \(step), which this program does not have: \(owner)")
    }

    @Test("a file that has seen a step unknown to the program is refused")
    func newer() throws {
        _ = try SQLiteEventStore(path: folder.path("c.db"), migrations: steps)
        #expect(throws: Self.newer(.c, "0002_second")) {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0]])
        }
    }

    @Test("a file that has seen another version of a step is refused")
    func drifted() throws {
        _ = try SQLiteEventStore(path: folder.path("c.db"), migrations: steps)
        var changed = steps
        changed[0] = MigrationStep("0001_first", up: "CREATE TABLE first (a); CREATE TABLE second (b TEXT);")
        let reason = "the file has another version of migration 0001_first than this program"
        #expect(throws: StoreOpenError(.c, .schemaDrifted, reason)) {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: changed)
        }
    }

    @Test("a file that lacks nothing opens while another program writes to it")
    func whileWriting() async throws {
        let path = folder.path("c.db")
        let store = try SQLiteEventStore(path: path, migrations: steps)
        try await WriteLock.held(on: path) {
            let second = try SQLiteEventStore(path: path, migrations: steps, busyTimeoutMilliseconds: 20)
            #expect(await second.health().isReady)
        }
        #expect(await store.health().isReady)
    }

    @Test("a file that lacks a step is busy while another program writes to it")
    func behindWhileWriting() async throws {
        let path = folder.path("c.db")
        let store = try SQLiteEventStore(path: path, migrations: [steps[0]])
        try await WriteLock.held(on: path) {
            #expect(throws: StoreOpenError(.c, .busy, "another process holds the file")) {
                try SQLiteEventStore(path: path, migrations: steps, busyTimeoutMilliseconds: 20)
            }
        }
        #expect(await store.health().isReady)
    }

    @Test("a base's file is refused as another base's")
    func otherBase() throws {
        _ = try SQLitePersonStore(path: folder.path("x.db"), migrations: MigrationStep.embedded(.a))
        #expect(throws: Self.newer(.b, "0001_person")) {
            try SQLiteProfileStore(path: folder.path("x.db"), migrations: MigrationStep.embedded(.b))
        }
    }

    @Test("a failed step is named and leaves nothing behind")
    func failing() async throws {
        let broken = MigrationStep("0002_broken", up: "CREATE TABLE third (d); CREATE TABLE first (e);")
        let reason = "migration 0002_broken failed and was undone: table first already exists"
        #expect(throws: StoreOpenError(.c, .stepFailed, reason)) {
            try SQLiteEventStore(path: folder.path("c.db"), migrations: [steps[0], broken])
        }
        let tables = try await DatabaseQueue(path: folder.path("c.db")).read { db in
            try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE name IN ('first', 'third')")
        }
        #expect(tables == ["first"])
    }

    @Test("a file that is not a database, and a path that cannot be made, are refused")
    func notADatabase() throws {
        try Data(repeating: 0x5A, count: 9000).write(to: URL(filePath: folder.path("text.db")))
        let damaged = "the file is not an SQLite database of this program or is damaged"
        #expect(throws: StoreOpenError(.b, .refused, damaged)) {
            try SQLiteProfileStore(path: folder.path("text.db"), migrations: MigrationStep.embedded(.b))
        }
        let inaccessible = "the file cannot be created, opened or written"
        #expect(throws: StoreOpenError(.b, .unreachable, inaccessible)) {
            try SQLiteProfileStore(path: folder.path("absent/b.db"), migrations: MigrationStep.embedded(.b))
        }
    }

    @Test("several programs that start at once on a new file all open it", arguments: 1...5)
    func together(round: Int) async throws {
        let ready = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await SQLiteProfileStore(path: folder.path("b.db"), migrations: MigrationStep.embedded(.b))
                        .health().isReady
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ready == Array(repeating: true, count: 6))
    }
}
