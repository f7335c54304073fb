import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: rights", .enabled(if: PostgresSchema.isTested))
struct PostgresRightsTests {
    private let schema: PostgresSchema

    init() throws {
        schema = try PostgresSchema()
        try schema.migrate()
    }

    @Test(
        "the daemon may append to the audit log, and may not read, change or empty it",
        arguments: [
            "SELECT * FROM audit", "UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit",
            "DROP TABLE audit", "ALTER TABLE audit DISABLE TRIGGER ALL",
        ])
    func audit(sql: String) throws {
        #expect(try schema.stateAsDaemon(sql) == "42501")
    }

    @Test(
        "the daemon may change neither the schema nor the table of migrations",
        arguments: [
            "TRUNCATE person CASCADE", "DROP TABLE debt", "CREATE TABLE other (a int)", "DELETE FROM creditd_migration",
            "INSERT INTO creditd_migration VALUES ('0009_x', 'y')",
        ])
    func schemaIsTheMigrators(sql: String) throws {
        #expect(try schema.stateAsDaemon(sql) == "42501")
    }

    @Test(
        "even the owner cannot change the audit log by accident",
        arguments: ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
    func owner(sql: String) throws {
        #expect(throws: (any Error).self) { try schema.run(sql) }
    }

    @Test("a read is refused when the daemon may no longer write the audit log")
    func auditRevoked() async throws {
        let store = try schema.open()
        _ = try await store.create([Sample.creation(1)])
        try schema.run("REVOKE INSERT ON audit FROM creditd")
        await #expect { try await store.read([Sample.read(1, audit: 1)]) } throws: { $0.isAuditUnavailable }
    }
}
