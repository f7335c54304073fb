import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: base A's step to tokens of several keys")
struct SQLitePersonTokenTests {
    private let path: String
    private let former = MigrationStep.embedded(.a).filter { $0.name < "0010" }

    init() throws {
        path = try TemporaryFolder().path("a.db")
    }

    private var migrator: SQLiteMigrator { SQLiteMigrator(.a, path: path, steps: MigrationStep.embedded(.a)) }

    private func open(_ steps: [MigrationStep] = MigrationStep.embedded(.a)) throws -> SQLitePersonStore {
        try SQLitePersonStore(path: path, migrations: steps)
    }

    private func texts(_ sql: String) throws -> [String] {
        try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: sql) }
    }

    private func schema() throws -> [String] {
        try texts("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }

    private func expectSound() throws {
        #expect(try texts("PRAGMA integrity_check") == ["ok"])
        #expect(try texts("PRAGMA foreign_key_check") == [])
    }

    @Test("a file of the former schema has all as before, also for a store that was open on it meanwhile")
    func up() async throws {
        let earlier = try open(former)
        for subject in 1...3 { try await earlier.fill(Sample.token(subject), subject) }
        try await earlier.bury([Sample.tombstone(4)])
        await #expect(throws: StoreError.self, "the former schema takes no such token") {
            try await earlier.rename([Sample.rename(4)])
        }
        #expect(try await earlier.tombstone(4) == Sample.tombstone(4))
        var before: [KeptSubject] = []
        for subject in 1...4 { before.append(try await earlier.kept(under: Sample.token(subject))) }
        let store = try open()
        try expectSound()
        for subject in 1...4 {
            #expect(try await store.kept(under: Sample.token(subject)) == before[subject - 1])
            try await (subject % 2 == 0 ? earlier : store).rename([Sample.rename(subject)])
            #expect(try await store.kept(under: Sample.token(subject, key: 1)) == before[subject - 1])
        }
        try expectSound()
        #expect(throws: (any Error).self) {
            let insertion = "INSERT INTO cadastro VALUES (zeroblob(34), 1, 1)"
            try DatabaseQueue(path: path).write { try $0.execute(sql: insertion) }
        }
    }

    @Test("the way down counts the subjects that would be lost, and gives the former schema without them")
    func down() async throws {
        try SQLiteMigrator(.a, path: path, steps: former).up(nil) { _ in }
        let formerSchema = try schema()
        let store = try open()
        for subject in 1...2 { try await store.fill(Sample.token(subject), subject) }
        try await store.bury([Sample.tombstone(3)])
        let before = try await store.kept(under: Sample.token(1))
        try await store.rename([Sample.rename(1), Sample.rename(3)])
        let back = MigrationStep.embedded(.a).countBack(to: "0010")
        let error = #expect(throws: MigrationError.self) { try migrator.down(back) { _ in } }
        #expect(
            error
                == .failed(
                    .a, step: "0010_token_keys",
                    reason: "this would be lost: subjects under tokens of later token keys: 2"))
        try await store.rename([1, 3].map { SubjectRename(from: Sample.token($0, key: 1), to: Sample.token($0)) })
        // Those behind it were taken back.
        try migrator.down(1) { _ in }
        #expect(try schema() == formerSchema)
        try expectSound()
        #expect(try await open().kept(under: Sample.token(1)) == before)
    }

    @Test("a file of an earlier release is migrated, and its persons are moved", arguments: ["0.1.0"])
    func released(version: String) async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let file = tests.appending(path: "DaemonTests/Released/\(version)/home/base-a.sqlite").standardized
        try FileManager.default.copyItem(atPath: file.path, toPath: path)
        try await DatabaseQueue(path: path).write { db in
            for step in former {
                // The steps of tests have checksums of their own.
                try db.execute(
                    sql: "UPDATE creditd_migration SET checksum = ? WHERE name = ?",
                    arguments: [step.checksum, step.name])
            }
        }
        let sealed = "SELECT hex(data_key) || hex(identity) FROM person ORDER BY id"
        let debts = "SELECT hex(details) FROM debt ORDER BY person, debt_id"
        let (persons, details) = (try texts(sealed), try texts(debts))
        #expect(persons.count > 1 && details.count > 1)
        let store = try open()
        try expectSound()
        #expect(try texts(sealed) == persons && texts(debts) == details)
        let tokens = try await store.tokens(ofKeysBelow: 1)
        #expect(tokens.count >= persons.count)
        try await store.rename(tokens.map { SubjectRename(from: $0, to: $0.moved) })
        #expect(try await store.tokens(ofKeysBelow: 1) == [])
        #expect(try texts(sealed) == persons && texts(debts) == details)
        #expect(try await store.read(tokens.map(\.moved), audit: []).compactMap(\.self).count == persons.count)
        try expectSound()
    }
}
