import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: the schemas that the binary carries")
struct SQLiteSchemaTests {
    private let path: String

    init() throws {
        path = try TemporaryFolder().path("base.db")
    }

    @Test("each step up has a step down, which leaves nothing of it", arguments: Base.allCases)
    func downgrade(base: Base) throws {
        let steps = MigrationStep.embedded(base)
        let migrator = SQLiteMigrator(base, path: path, steps: steps)
        try migrator.up(nil) { _ in }
        #expect(try migrator.status().allSatisfy { $0.appliedAt != nil })
        try migrator.down(steps.count) { _ in }
        #expect(!steps.isEmpty)
        #expect(try objects() == ["creditd_migration", "sqlite_autoindex_creditd_migration_1"])
    }

    @Test("a store that was taken down and brought up again is empty and works")
    func downAndUp() async throws {
        let steps = MigrationStep.embedded(.a)
        let before = try SQLitePersonStore(path: path, migrations: steps)
        _ = try await before.create([Sample.creation(1)])
        try AuditRows.tamper(path, ["DELETE FROM audit_record"])
        let migrator = SQLiteMigrator(.a, path: path, steps: steps)
        try migrator.down(steps.count) { _ in }
        #expect(await !before.health().isReady)
        try migrator.up(nil) { _ in }
        let after = try SQLitePersonStore(path: path, migrations: steps)
        #expect(await after.health().isReady)
        #expect(try await before.person(1, audit: 1) == nil)
        #expect(try await after.person(1, audit: 2) == nil)
        #expect(try AuditRows.read(path).count == 2)
        #expect(try await after.create([Sample.creation(1)]) == [.written(version: 1)])
        #expect(try await before.person(1, audit: 4)?.version == 1)
    }

    @Test("a walk through scores reads those of its span alone, without a sort")
    func scoreWalk() throws {
        _ = try SQLiteProfileStore(path: path, migrations: MigrationStep.embedded(.b))
        let plan = try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN " + SQLiteProfileStore.scoreWalkQuery, arguments: [1, 2, 3, 4]
            ).map { $0["detail"] as String }
        }
        #expect(plan.count == 2 && plan[1] == "SEARCH profile USING INTEGER PRIMARY KEY (rowid=?)", "\(plan)")
        #expect(plan[0].hasPrefix("SEARCH kept_score USING INDEX kept_score_computed_at"), "\(plan)")
    }

    @Test("the way down of base B names what would be lost, and takes nothing back")
    func loss() async throws {
        let store = try SQLiteProfileStore(path: path, migrations: MigrationStep.embedded(.b))
        var put = Sample.put(2)
        put.receipt = Sample.receipt(1, of: 2, at: Int(Date.now.timeIntervalSince1970) - 1_700_000_000)
        var abroad = Sample.put(3)
        abroad.addressLayout = 2
        _ = try await store.put([Sample.put(1), put, abroad])
        _ = try await store.delete([Sample.deletion(1)])
        let migrator = SQLiteMigrator(.b, path: path, steps: MigrationStep.embedded(.b))
        func refusal() throws -> String? {
            let error = #expect(throws: MigrationError.self) {
                try migrator.down(MigrationStep.embedded(.b).countBack(to: "0003")) { _ in }
            }
            try migrator.up(nil) { _ in }
            guard case .failed(.b, "0003_receipts", let reason) = error else { return nil }
            return reason
        }
        let addresses = "profiles with an address that the former program cannot read: 1"
        let receipts = "receipts of repeatable writes that are younger than 7 days: 1"
        #expect(try refusal() == "this would be lost: versions of deleted profiles: 1, \(addresses), \(receipts)")
        _ = try await store.put([Sample.put(1), Sample.put(3)])
        #expect(try refusal() == "this would be lost: \(receipts)")
        #expect(await store.health().isReady)
    }

    @Test("the way down of base B counts scores that are hidden, and their receipts")
    func hiddenScores() async throws {
        let store = try SQLiteProfileStore(path: path, migrations: MigrationStep.embedded(.b))
        let migrator = SQLiteMigrator(.b, path: path, steps: MigrationStep.embedded(.b))
        let count = MigrationStep.embedded(.b).countBack(to: "0013")
        _ = try await store.put([Sample.put(1)])
        _ = try await store.append([Sample.score(9, of: 1)])
        try migrator.down(count) { _ in }
        try migrator.up(nil) { _ in }
        _ = try await store.append([Sample.hiddenScore(1, of: 1)])
        func refusal() throws -> String? {
            let error = #expect(throws: MigrationError.self) { try migrator.down(count) { _ in } }
            guard case .failed(.b, "0013_hidden_scores", let reason) = error else { return nil }
            return reason
        }
        let receipts = "receipts of scores with hidden times: 1"
        #expect(try refusal() == "this would be lost: scores with hidden times: 1, \(receipts)")
        _ = try await store.delete([Sample.deletion(1)])
        #expect(try refusal() == "this would be lost: \(receipts)")
        #expect(await store.health().isReady)
    }

    @Test("a file that the migrator makes is readable by its owner alone")
    func mode() throws {
        try SQLiteMigrator(.b, path: path, steps: MigrationStep.embedded(.b)).up(nil) { _ in }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    /// SQLite's own table of the numbers that were given stays once it is there.
    private func objects() throws -> [String] {
        try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE name <> 'sqlite_sequence' ORDER BY 1")
        }
    }
}
