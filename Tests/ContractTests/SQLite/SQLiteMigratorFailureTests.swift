import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: failures of the migrator")
struct SQLiteMigratorFailureTests {
    private let file: MigratedFile

    init() throws {
        file = try MigratedFile()
    }

    @Test("an applied step that has drifted is reported, and no step runs")
    func drift() throws {
        try file.migrator(Array(file.steps.prefix(2))).up(nil) { _ in }
        var changed = file.steps
        changed[1] = MigrationStep("0002_second", up: "CREATE TABLE second (b, c);", down: "DROP TABLE second;")
        #expect(try file.migrator(changed).status().map(\.hasDrifted) == [false, true, false])
        #expect(throws: MigrationError.drifted(.c, step: "0002_second")) { try file.migrator(changed).up(nil) { _ in } }
        #expect(throws: MigrationError.drifted(.c, step: "0002_second")) { try file.migrator(changed).down(1) { _ in } }
        #expect(try file.tables() == ["first", "second"])
    }

    @Test("a step whose way back has changed has not drifted")
    func changedDown() throws {
        try file.migrator(file.steps).up(nil) { _ in }
        var changed = file.steps
        changed[2].down = "DROP TABLE third; CREATE TABLE trace (d);"
        try file.migrator(changed).down(1) { _ in }
        #expect(try file.tables() == ["first", "second", "trace"])
    }

    @Test("a step that only the file has is reported, and no step runs")
    func unknown() throws {
        try file.migrator(file.steps).up(nil) { _ in }
        let known = file.migrator(Array(file.steps.prefix(2)))
        #expect(try known.status().map(\.isKnown) == [true, true, false])
        #expect(try known.status().last?.appliedAt != nil)
        #expect(throws: MigrationError.unknownStep(.c, step: "0003_third")) { try known.up(nil) { _ in } }
        #expect(throws: MigrationError.unknownStep(.c, step: "0003_third")) { try known.down(1) { _ in } }
        #expect(try file.tables() == ["first", "second", "third"])
    }

    @Test(
        "a failed step up is undone whole, and the steps before it stay",
        arguments: [
            ("CREATE TABLE trace (d); CREATE TABLE first (e);", "table first already exists"),
            ("CREATE TABLE trace (d); INSERT INTO absent VALUES (1);", "no such table: absent"),
            ("CREATE TABLE trace (d REFERENCES first (a)); INSERT INTO trace VALUES (1);", "foreign key mismatch"),
            (
                "CREATE TABLE kept (id INTEGER PRIMARY KEY); CREATE TABLE trace (k REFERENCES kept);"
                    + "INSERT INTO trace VALUES (7);",
                "it leaves rows that refer to rows that are not there"
            ),
        ])
    func failingUp(sql: String, reason: String) throws {
        let broken = [file.steps[0], MigrationStep("0002_broken", up: sql), file.steps[2]]
        var progress: [MigrationProgress] = []
        let error = #expect(throws: MigrationError.self) { try file.migrator(broken).up(nil) { progress.append($0) } }
        guard case .failed(.c, "0002_broken", let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.hasPrefix(reason))
        #expect(progress == MigrationProgress.whole(["0001_first"]) + [.begins("0002_broken")])
        #expect(try file.tables() == ["first"])
        #expect(try file.applied() == ["0001_first"])
    }

    @Test("a step that ends the transaction is reported and not noted as applied")
    func commit() throws {
        let broken = [MigrationStep("0001_broken", up: "CREATE TABLE trace (d); COMMIT;")]
        let reason = "its SQL ends the transaction, which is the migrator's to do"
        #expect(throws: MigrationError.failed(.c, step: "0001_broken", reason: reason)) {
            try file.migrator(broken).up(nil) { _ in }
        }
        #expect(try file.migrator(broken).status().map(\.appliedAt) == [nil])
    }

    @Test("a step back that fails or is missing changes nothing", arguments: ["DROP TABLE absent;", ""])
    func failingDown(sql: String) throws {
        var broken = file.steps
        broken[1].down = sql
        try file.migrator(broken).up(nil) { _ in }
        let error = #expect(throws: MigrationError.self) { try file.migrator(broken).down(3) { _ in } }
        guard case .failed(.c, "0002_second", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try file.tables() == ["first", "second"])
        #expect(try file.applied() == ["0001_first", "0002_second"])
    }

    @Test("while another program writes for too long, the migrator fails and changes nothing")
    func busy() async throws {
        let store = try SQLiteEventStore(path: file.path, migrations: [file.steps[0]])
        try await WriteLock.held(on: file.path) {
            let impatient = SQLiteMigrator(.c, path: file.path, steps: file.steps, busyTimeoutMilliseconds: 20)
            #expect(throws: MigrationError.unreachable(.c, reason: "another process holds the file")) {
                try impatient.up(nil) { _ in }
            }
            let applied = try file.applied()
            #expect(applied == ["0001_first"])
        }
        #expect(await store.health().isReady)
    }

    @Test("a file that is not a database, or has another table of that name, is unreachable")
    func otherFile() throws {
        try DatabaseQueue(path: file.path).write { try $0.execute(sql: "CREATE TABLE creditd_migration (name)") }
        let other = MigrationError.unreachable(
            .c, reason: "the file is not an SQLite database of this program or is damaged")
        #expect(throws: other) { try file.migrator(file.steps).status() }
        #expect(throws: other) { try file.migrator(file.steps).up(nil) { _ in } }
        try Data(repeating: 0x5A, count: 9000).write(to: URL(filePath: file.path))
        #expect(throws: other) { try file.migrator(file.steps).status() }
    }
}
