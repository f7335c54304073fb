import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: tokens of further keys")
struct SQLiteTokenKeysTests {
    private let path: String

    init() throws {
        path = try TemporaryFolder().path("base.db")
    }

    private static let names: [Base: String] = [.b: "0011_token_keys", .c: "0008_token_keys"]

    /// Opens a store with a subject, as the former program would.
    private func former(_ base: Base, _ steps: [MigrationStep]) async throws -> any RenamingStore {
        if base == .b {
            let store = try SQLiteProfileStore(path: path, migrations: steps)
            _ = try await store.put([Sample.put(1)])
            _ = try await store.append([Sample.score(1, of: 1)])
            return store
        }
        let store = try SQLiteEventStore(path: path, migrations: steps)
        _ = try await store.record([try Sample.event("a", at: 1)])
        return store
    }

    private func schema() throws -> [String] {
        try DatabaseQueue(path: path).read { db in
            try String.fetchAll(db, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
        }
    }

    @Test("the step changes no row, and an open store goes on", arguments: [Base.b, .c])
    func up(base: Base) async throws {
        let steps = MigrationStep.embedded(base)
        let count = try #require(steps.firstIndex { $0.name == Self.names[base] })
        let open = try await former(base, Array(steps[..<count]))
        let migrator = SQLiteMigrator(base, path: path, steps: steps)
        let before = try schema()
        await #expect(throws: StoreError.self) { try await open.rename([Sample.rename(1)]) }
        try migrator.up(1) { _ in }
        try await open.rename([Sample.rename(1)])
        #expect(Set(try await open.tokens(ofKeysBelow: 2, limit: 10)) == [Sample.rename(1).to])
        let checks = try await DatabaseQueue(path: path).read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check")
                + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
        }
        #expect(checks == ["ok"])

        let refused = #expect(throws: MigrationError.self) { try migrator.down(1) { _ in } }
        guard case .failed(base, Self.names[base], let reason)? = refused else {
            Issue.record("it is \(String(describing: refused))")
            return
        }
        let rows = base == .b ? 1 : 2
        #expect(reason == "this would be lost: rows under tokens of other keys than the first one: \(rows)")
        try await DatabaseQueue(path: path).write { db in
            for table in base == .b ? ["profile"] : ["event", "latest_event"] {
                try db.execute(
                    sql: "UPDATE \(table) SET token = ?", arguments: [Data(Sample.token(1).bytes)])
            }
        }
        try migrator.down(1) { _ in }
        #expect(try schema() == before)
        await #expect(throws: StoreError.self) { try await open.rename([Sample.rename(1)]) }
    }
}
