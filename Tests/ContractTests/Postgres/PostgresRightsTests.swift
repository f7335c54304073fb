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
        "the daemon may append to the audit log and read it, and may not change or empty it",
        arguments: [
            "UPDATE audit_record SET line = ''", "DELETE FROM audit_record", "TRUNCATE audit_record",
            "DROP TABLE audit_record", "ALTER TABLE audit_record DISABLE TRIGGER ALL",
            "UPDATE audit_leaf SET leaf = leaf + 1", "DELETE FROM audit_leaf", "UPDATE audit_tile SET root = hashes",
            "DELETE FROM audit_tile", "UPDATE audit_head SET note = ''", "DELETE FROM audit_head",
            "INSERT INTO audit_segment VALUES (0, 1, '')",
            "SET creditd.drops_segments = 'on'; DELETE FROM audit_record",
            "SELECT * FROM audit", "UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit",
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
        arguments: [
            "UPDATE audit_record SET line = ''", "DELETE FROM audit_record", "TRUNCATE audit_record",
            "UPDATE audit_leaf SET leaf = leaf + 1", "DELETE FROM audit_head",
        ])
    func owner(sql: String) throws {
        #expect(throws: (any Error).self) { try schema.run(sql) }
    }

    @Test("a read is refused when the daemon may no longer write the audit log")
    func auditRevoked() async throws {
        let store = try schema.open()
        _ = try await store.create([Sample.creation(1)])
        try schema.run("REVOKE INSERT ON audit_record FROM creditd")
        await #expect { try await store.person(1, audit: 1) } throws: { $0.isAuditUnavailable }
    }

    @Test(
        "a missing right is a refusal that an operator can mend, and no damage; `grant` mends it, also twice",
        arguments: [
            "INSERT ON person", "UPDATE ON person", "SELECT ON person", "INSERT ON debt", "INSERT ON key_ring",
            "INSERT ON payment",
            "INSERT ON receipt", "INSERT ON deleted_person", "DELETE ON deleted_person", "INSERT ON tombstone",
            "DELETE ON outbox", "UPDATE ON blocked_subject",
        ])
    func missing(right: String) async throws {
        let store = try schema.open()
        _ = try await store.create([Sample.creation(1)])
        try schema.run("REVOKE \(right) FROM creditd")
        let failures = await store.check().filter { !$0.hasPassed }
        #expect(!failures.isEmpty)
        for failure in failures {
            guard case .failed(let reason, let remedy) = failure.outcome else { continue }
            #expect(reason.cause == .refused && reason.code == "42501")
            #expect(remedy.contains("creditd migrate grant"))
        }
        if right == "UPDATE ON person" {
            let error = await #expect(throws: StoreError.self) {
                try await store.update([Sample.update(1, expecting: 1)])
            }
            #expect(error?.cause == .refused)
            #expect(await store.health().reason?.code == "42501")
        }
        let migrator = try PostgresMigrator(url: schema.ownerURL, steps: PostgresSchema.migrations)
        #expect(try migrator.grant() && migrator.grant())
        #expect(await store.check().filter { !$0.hasPassed } == [])
        #expect(try await store.update([Sample.update(1, expecting: 1)]) == [.written(version: 2)])
        #expect(await store.health().isReady)
    }

    @Test("`grant` tells whose the schema is when it is another's than the tables")
    func schemasOwner() throws {
        let (database, role) = (try PostgresDatabase(), "creditd_tables_owner")
        try database.migrate()
        try database.run("CREATE ROLE \(role) LOGIN")
        defer { try? database.run("DROP OWNED BY \(role); DROP ROLE \(role)") }
        try database.run(
            """
            REVOKE USAGE ON SCHEMA public FROM PUBLIC, creditd; GRANT USAGE ON SCHEMA public TO \(role);
            DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                    EXECUTE format('ALTER TABLE %I OWNER TO \(role)', name);
                END LOOP;
            END $$;
            """)
        let migrator = try PostgresMigrator(
            url: "\(database.ownerURL)&user=\(role)", steps: PostgresSchema.migrations)
        let error = #expect(throws: MigrationError.self) { try migrator.grant() }
        guard case .refused(_, let reason) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(reason.hasSuffix("the schema public belongs to the role pg_database_owner"))
    }

    @Test("row security is told apart from a missing right, which `grant` would give")
    func rowSecurity() async throws {
        let store = try schema.open()
        try schema.run("ALTER TABLE person ENABLE ROW LEVEL SECURITY")
        let failures = await store.check().filter { !$0.hasPassed }
        #expect(!failures.isEmpty)
        for failure in failures {
            guard case .failed(_, let remedy) = failure.outcome else { continue }
            #expect(remedy.contains("ROW LEVEL SECURITY") && !remedy.contains("migrate grant"))
        }
    }

    @Test("`grant` takes away what the daemon must not have, and is refused to a role that owns nothing")
    func grant() throws {
        try schema.run("GRANT SELECT, DELETE ON audit TO creditd; GRANT UPDATE ON key_ring TO creditd, PUBLIC")
        let daemon = try PostgresMigrator(url: schema.daemonURL, steps: PostgresSchema.migrations)
        #expect(throws: MigrationError.self) { try daemon.grant() }
        #expect(try PostgresMigrator(url: schema.ownerURL, steps: PostgresSchema.migrations).grant())
        #expect(try schema.stateAsDaemon("SELECT * FROM audit") == "42501")
        #expect(try schema.stateAsDaemon("UPDATE key_ring SET fingerprint = fingerprint") == "42501")
    }

    @Test("without the right to use the schema the daemon does not start, and is not told to migrate")
    func schemaUsage() throws {
        let database = try PostgresDatabase()
        try database.migrate()
        try database.run("REVOKE USAGE ON SCHEMA public FROM PUBLIC, creditd")
        let error = #expect(throws: StoreOpenError.self) { try database.open() }
        #expect(error?.cause == .refused && error?.code == "42501")
        #expect(error?.remedy?.contains("creditd migrate grant") == true)
        #expect(try PostgresMigrator(url: database.ownerURL, steps: PostgresSchema.migrations).grant())
        _ = try database.open()
    }

    @Test("a check walks every statement with the daemon's rights, and leaves no trace")
    func check() async throws {
        let checks = await (try schema.open()).check()
        #expect(checks.filter { !$0.hasPassed } == [])
        #expect(checks.contains { $0.what.contains("audits") })
        #expect(try schema.auditLog().isEmpty)
        #expect(try await schema.open().keyRingMark() == .unbound(nil))
    }
}
