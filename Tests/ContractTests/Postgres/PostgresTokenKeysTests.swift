import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("PostgreSQL: base A's step to tokens of several keys", .enabled(if: PostgresSchema.isTested))
struct PostgresTokenKeysTests {
    private let schema: PostgresSchema
    private let migrator: PostgresMigrator

    init() throws {
        schema = try PostgresSchema()
        migrator = try PostgresMigrator(url: schema.ownerURL, steps: PostgresSchema.migrations)
    }

    private func constraints() throws -> [String] {
        let rows = try connect(schema.ownerURL).rows(
            """
            SELECT conname || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = current_schema()::regnamespace ORDER BY conrelid::regclass::text, conname
            """)
        return try (0..<rows.rowCount).map { try rows[$0].value(0) }
    }

    @Test("the step goes up with all that is there, and down while no subject would be lost")
    func upAndDown() async throws {
        let back = PostgresSchema.migrations.countBack(to: "0010")
        try migrator.up(PostgresSchema.migrations.count - back) { _ in }
        let former = try constraints()
        try schema.migrate()
        let store = try schema.open()
        for subject in 1...2 { try await store.fill(Sample.token(subject), subject) }
        try await store.bury([Sample.tombstone(3)])
        let before = try await store.kept(under: Sample.token(1))
        try migrator.down(back) { _ in }
        #expect(try constraints() == former)
        #expect(try schema.stateAsDaemon("UPDATE blocked_subject SET token = token") == "42501")
        try migrator.up(nil) { _ in }
        #expect(try await store.kept(under: Sample.token(1)) == before)
        try await store.rename([Sample.rename(1), Sample.rename(3)])
        let error = #expect(throws: MigrationError.self) { try migrator.down(back) { _ in } }
        guard case .failed(.a, "0010_token_keys", let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("this would be lost: subjects under tokens of later token keys: 2"))
        #expect(try await store.kept(under: Sample.token(1, key: 1)) == before)
    }

    @Test("a person who is kept under the new token while a rename waits is no error, and the neighbour is moved")
    func appearance() async throws {
        try schema.migrate()
        let store = try schema.open()
        _ = try await store.create((1...2).map { Sample.creation($0) })
        let token = Sample.token(1, key: 1).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let other = try connect(schema.ownerURL)
        try other.run(
            """
            BEGIN;
            INSERT INTO person VALUES ('\\x\(token)', '\\x01', '\\x02', NULL, 7, now(), now())
            """)
        async let renamed: Void = store.rename((1...2).map { Sample.rename($0) })
        while try schema.statements(waiting: true) == 0 { await Task.yield() }
        try other.run("COMMIT")
        try await renamed
        #expect(store.retryCount == 1)
        #expect(try await store.kept(under: Sample.token(1)).person?.version == 1)
        #expect(try await store.kept(under: Sample.token(1, key: 1)).person?.version == 7)
        #expect(try await store.kept(under: Sample.token(2, key: 1)).person?.version == 1)
    }

    @Test("every statement finds its rows by an index, whatever the tables have")
    func plans() throws {
        try schema.migrate()
        let connection = try connect(schema.daemonURL)
        try connection.run(
            "SET enable_seqscan = off; SET plan_cache_mode = 'force_generic_plan'; SET enable_bitmapscan = off")
        let renames: [Statement] = [
            .renamePersons, .renameVersions, .renameReceipts, .renameRequests, .renameCadastros, .renameBlocks,
            .renameTombstones,
        ]
        let types = "bytea[], bytea[]"
        for (statement, types, values) in renames.map({ ($0, types, "'{}', '{}'") }) + [
            (.keptTokens, "bytea[]", "'{}'"),
            (.tokenPage, "bigint[], bytea[], bigint[]", "'{0}', '{\"\"}', '{500}'"),
        ] {
            try connection.run("PREPARE \(statement.rawValue) (\(types)) AS \(statement.sql)")
            let rows = try connection.rows("EXPLAIN EXECUTE \(statement.rawValue) (\(values))")
            for index in 0..<rows.rowCount {
                let line: String = try rows[index].value(0)
                #expect(!line.contains("Seq Scan"), "\(statement): \(line)")
            }
        }
    }
}
