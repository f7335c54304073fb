import Bureau
import Contracts
import Foundation
import Repositories
import Testing

@testable import StorePostgres

/// A schema of its own in the test server's database, which is there as long as somebody holds this.
final class PostgresSchema: Sendable {
    static let migrations: [MigrationStep] = {
        let folder = "postgres/"
        let files = Dictionary(uniqueKeysWithValues: EmbeddedFile.all.map { ($0.path, "\($0.text)") })
        let end = ".up.sql"
        return files.keys.filter { $0.hasPrefix(folder) && $0.hasSuffix(end) }.sorted().map { path in
            let name = String(path.dropFirst(folder.count).dropLast(end.count))
            // Any text that is the same each time does for a checksum here.
            return MigrationStep(
                name: name, up: files[path] ?? "", down: files["\(folder)\(name).down.sql"] ?? "", checksum: name)
        }
    }()

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
    var ownerURL: String { "\(server)?options=-csearch_path%3D\(name)" }

    /// A role that has what the migrations grant and nothing else.
    var daemonURL: String { "\(ownerURL)&user=\(Self.daemon)" }

    private static let daemon = "creditd_contract"

    func migrate() throws {
        try PostgresMigrator(url: ownerURL, steps: Self.migrations).up(nil) { _ in }
        try connect(ownerURL).run(
            """
            DO $$ BEGIN CREATE ROLE \(Self.daemon) LOGIN IN ROLE creditd;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            GRANT USAGE ON SCHEMA \(name) TO creditd;
            """)
    }

    func open(_ limits: PostgresLimits = PostgresLimits()) throws -> PostgresPersonStore {
        try PostgresPersonStore(url: daemonURL, migrations: Self.migrations, connections: 2, limits: limits)
    }

    func auditLog() throws -> [AuditEntry] {
        let rows = try connect(ownerURL).rows(
            "SELECT audit_id, at, token, action, purpose, requester FROM audit ORDER BY audit_id")
        return try (0..<rows.rowCount).map { index in
            let row = rows[index]
            let purpose: String? = try row.optional(4)
            return AuditEntry(
                auditID: try row.value(0), at: try row.value(1), token: try row.value(2), action: try row.value(3),
                purpose: try purpose.map { try #require(Purpose(rawValue: $0)) }, requester: try row.optional(5))
        }
    }

    /// Runs SQL as the owner.
    func run(_ sql: String) throws {
        try connect(ownerURL).run(sql)
    }

    /// Runs SQL with the daemon's rights; returns the SQLSTATE of its refusal.
    func stateAsDaemon(_ sql: String) throws -> String? {
        let connection = try connect(daemonURL)
        do throws(QueryFailure) {
            try connection.run(sql)
            return nil
        } catch {
            return error.state?.description
        }
    }
}

private func connect(_ url: String) throws -> Connection {
    try Connection(ConnectionURL(url), limits: PostgresLimits())
}
