import Bureau
import Foundation
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: the migrator")
struct SQLiteMigratorTests {
    private let file: MigratedFile

    init() throws {
        file = try MigratedFile()
    }

    @Test("the status of a missing file has no applied step, and makes no file")
    func absent() throws {
        let states = try file.migrator(file.steps).status()
        #expect(states.map(\.name) == file.steps.map(\.name))
        #expect(states.allSatisfy { $0.appliedAt == nil && $0.isKnown && !$0.hasDrifted })
        try file.migrator(file.steps).down(1) { _ in }
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test("up applies as many steps as asked for, in order, and reports each before and after")
    func up() throws {
        var progress: [MigrationProgress] = []
        try file.migrator(file.steps).up(2) { progress.append($0) }
        #expect(progress == MigrationProgress.whole(["0001_first", "0002_second"]))
        #expect(try file.tables() == ["first", "second"])
        #expect(try file.applied() == ["0001_first", "0002_second"])
        progress = []
        try file.migrator(file.steps).up(nil) { progress.append($0) }
        #expect(progress == MigrationProgress.whole(["0003_third"]))
        try file.migrator(file.steps).up(nil) { _ in Issue.record("nothing was missing") }
        #expect(try file.tables() == ["first", "second", "third"])
    }

    @Test("the status tells when a step was applied")
    func time() throws {
        let before = Date.now.timeIntervalSince1970.rounded(.down)
        try file.migrator(file.steps).up(1) { _ in }
        let after = Date.now.timeIntervalSince1970
        let at = try #require(try file.migrator(file.steps).status().first?.appliedAt)
        #expect((before...after).contains(Double(at.microsecondsSinceEpoch) / 1_000_000))
    }

    @Test("down takes back as many of the newest steps as are asked for and are there", arguments: [1, 2, 3, 9])
    func down(count: Int) throws {
        try file.migrator(file.steps).up(nil) { _ in }
        var progress: [MigrationProgress] = []
        try file.migrator(file.steps).down(count) { progress.append($0) }
        #expect(progress == MigrationProgress.whole(file.steps.map(\.name).suffix(count).reversed()))
        #expect(try file.applied() == file.steps.map(\.name).dropLast(count))
        #expect(try file.tables() == ["first", "second", "third"].dropLast(count))
    }

    @Test("down takes nothing back when no step is asked for", arguments: [0, -1])
    func downByNothing(count: Int) throws {
        try file.migrator(file.steps).up(nil) { _ in }
        try file.migrator(file.steps).down(count) { _ in Issue.record("a step was begun") }
        #expect(try file.tables().count == 3)
    }

    @Test("a table can be rebuilt and keeps the rows that refer to it")
    func rebuild() throws {
        let first = MigrationStep(
            "0001_first",
            up: """
                CREATE TABLE parent (id INTEGER PRIMARY KEY);
                CREATE TABLE child (parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
                INSERT INTO parent VALUES (1);
                INSERT INTO child VALUES (1);
                """)
        let second = MigrationStep(
            "0002_second",
            up: """
                CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);
                INSERT INTO new_parent SELECT id, NULL FROM parent;
                DROP TABLE parent;
                ALTER TABLE new_parent RENAME TO parent;
                """)
        try file.migrator([first, second]).up(nil) { _ in }
        #expect(try file.integer("SELECT count(*) FROM child") == 1)
    }

    @Test("migrators that work on a new file at once apply each step once, and none fails", arguments: 1...5)
    func together(round: Int) async throws {
        let begun = try await withThrowingTaskGroup(of: [MigrationProgress].self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var progress: [MigrationProgress] = []
                    try file.migrator(file.steps).up(nil) { progress.append($0) }
                    return progress
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(begun) == Set(MigrationProgress.whole(file.steps.map(\.name))))
        #expect(begun.count == 6)
        #expect(try file.tables() == ["first", "second", "third"])
    }
}
