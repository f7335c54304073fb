import Bureau
import Foundation
import Repositories
import Testing

@testable import StorePostgres

/// A schema of its own in the test server's database, which lives as long as this object.
final class PostgresSchema: Sendable {
    static let migrations = MigrationStep.embedded(in: "postgres/")

    /// Whether there is a server to test on, or has to be one.
    static var isTested: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["CREDITD_TEST_POSTGRES"] != nil || environment["CREDITD_REQUIRE_STORES"] == "1"
    }

    private let server: String
    private let name = "contract_" + UUID().uuidString.lowercased().replacing("-", with: "_")

    init() throws {
        server = try #require(ProcessInfo.processInfo.environment["CREDITD_TEST_POSTGRES"])
        try connect(server).run("CREATE SCHEMA \(name)")
    }

    deinit {
        try? connect(server).run("DROP SCHEMA \(name) CASCADE")
    }

    /// The schema's owner, a superuser.
    var ownerURL: String { "\(server)?application_name=\(name)&options=-csearch_path%3D\(name)" }

    /// A role that has the rights that the migrations grant, and no others.
    var daemonURL: String { "\(ownerURL)&user=\(Self.daemon)" }

    static let daemon = "creditd_contract"

    func migrate() throws {
        try PostgresMigrator(url: ownerURL, steps: Self.migrations).up(nil) { _ in }
        try connect(ownerURL).run(
            """
            DO $$ BEGIN CREATE ROLE \(Self.daemon) LOGIN IN ROLE creditd;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            GRANT USAGE ON SCHEMA \(name) TO creditd;
            """)
    }

    func open(_ limits: PostgresLimits = .patient, connections: Int = 3) throws -> PostgresPersonStore {
        try PostgresPersonStore(
            url: "\(daemonURL)&connections=\(connections)", migrations: Self.migrations, limits: limits)
    }

    func auditLog() throws -> [AuditRecord] {
        let rows = try connect(ownerURL).rows("SELECT line FROM audit_record ORDER BY position")
        return try (0..<rows.rowCount).map { index in
            let line: [UInt8] = try rows[index].value(0)
            return try #require(AuditRecord(line: line))
        }
    }

    /// Runs SQL as the owner, without the triggers of the log.
    func tamper(_ statements: [String]) throws {
        for table in ["record", "leaf", "tile", "head", "segment"] {
            try run("ALTER TABLE audit_\(table) DISABLE TRIGGER ALL")
        }
        for sql in statements { try run(sql) }
    }

    /// Runs SQL as the owner.
    func run(_ sql: String) throws {
        try connect(ownerURL).run(sql)
    }

    /// Changes a setting of the whole server, for every session.
    func set(_ setting: String, to value: String) throws {
        let connection = try connect(server)
        try connection.run("ALTER SYSTEM SET \(setting) = '\(value)'")
        try connection.run("SELECT pg_reload_conf()")
    }

    /// Ends every session of the daemon, as an administrator would.
    func endSessions() throws {
        try run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = '\(Self.daemon)' AND application_name = '\(name)'
            """)
    }

    /// The number of the daemon's sessions on the server.
    func sessions() throws -> Int {
        try count("usename = '\(Self.daemon)' AND application_name = '\(name)'")
    }

    /// The number of the daemon's statements that run, or that wait for a lock.
    func statements(waiting: Bool) throws -> Int {
        try count(
            """
            usename = '\(Self.daemon)' AND application_name = '\(name)' AND state = 'active'
                \(waiting ? "AND wait_event_type = 'Lock'" : "")
            """)
    }

    /// The number of the owner's sessions that sleep in a statement.
    func sleepers() throws -> Int {
        try count("application_name = '\(name)' AND state = 'active' AND wait_event = 'PgSleep'")
    }

    private func count(_ sessions: String) throws -> Int {
        let rows = try connect(ownerURL).rows("SELECT count(*) FROM pg_stat_activity WHERE \(sessions)")
        let count: Int64 = try rows[0].value(0)
        return Int(count)
    }

    /// Runs SQL as the owner in a transaction that stays open.
    func holdLock(_ sql: String) throws -> HeldLock {
        let connection = try connect(ownerURL)
        try connection.run("BEGIN; \(sql)")
        return HeldLock(connection)
    }

    /// Runs SQL with the daemon's rights; returns the SQLSTATE of its refusal.
    func stateAsDaemon(_ sql: String) throws -> String? {
        let connection = try connect(daemonURL)
        do throws(PostgresFailure) {
            try connection.run(sql)
            return nil
        } catch {
            guard case .refused(let state, _) = error else { return nil }
            return state.description
        }
    }
}

extension PostgresLimits {
    /// Times that no busy machine comes to, for tests of what is served and not of how long it may take.
    static var patient: PostgresLimits {
        var limits = PostgresLimits()
        limits.acquireTimeout = .seconds(60)
        limits.requestTimeout = .seconds(60)
        limits.healthTimeout = .seconds(60)
        return limits
    }
}

/// Locks that another session holds until they are released.
final class HeldLock {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func release() {
        try? connection.run("ROLLBACK")
    }
}

func connect(_ url: String) throws -> PostgresConnection {
    try PostgresConnection(PostgresURL(url), limits: PostgresLimits())
}
