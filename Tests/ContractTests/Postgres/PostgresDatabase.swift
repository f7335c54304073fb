import Foundation
import Repositories
import Testing

@testable import StorePostgres

/// A database of its own on the test server, which lives as long as this object.
final class PostgresDatabase: Sendable {
    private let server: String
    private let name = "contract_" + UUID().uuidString.lowercased().replacing("-", with: "_")

    /// - Parameter options: of `CREATE DATABASE`, such as an encoding.
    init(_ options: String = "") throws {
        server = try #require(ProcessInfo.processInfo.environment["CREDITD_TEST_POSTGRES"])
        try connect(server).run("CREATE DATABASE \(name) TEMPLATE template0 \(options)")
    }

    deinit {
        try? connect(server).run("DROP DATABASE \(name) WITH (FORCE)")
    }

    var ownerURL: String { server.replacing(/\/postgres$/, with: "/\(name)") + "?application_name=\(name)" }

    /// A role that has the rights that the migrations grant, and no others.
    var daemonURL: String { "\(ownerURL)&user=\(PostgresSchema.daemon)" }

    /// The database behind PgBouncer, which gives its sessions out by transaction.
    func pooledURL(_ role: String = PostgresSchema.daemon) throws -> String {
        let pooler = try #require(ProcessInfo.processInfo.environment["CREDITD_TEST_PGBOUNCER"])
        return "\(pooler)\(name)?user=\(role)"
    }

    func migrate(_ url: String? = nil) throws {
        try PostgresMigrator(url: url ?? ownerURL, steps: PostgresSchema.migrations).up(nil) { _ in }
        try run(
            """
            DO $$ BEGIN CREATE ROLE \(PostgresSchema.daemon) LOGIN IN ROLE creditd;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
            """)
    }

    func open(_ url: String? = nil) throws -> PostgresPersonStore {
        try PostgresPersonStore(url: url ?? daemonURL, migrations: PostgresSchema.migrations, limits: .patient)
    }

    func run(_ sql: String) throws {
        try connect(ownerURL).run(sql)
    }

    /// Changes a setting of the database, for sessions from now on.
    func set(_ setting: String) throws {
        try connect(server).run("ALTER DATABASE \(name) SET \(setting)")
    }
}

extension StoreError {
    /// What kind of thing kept the store from the call, when nothing was written; nil for any other failure.
    var cause: StoreReason.Cause? {
        if case .unavailable(_, let reason, _) = self { reason.cause } else { nil }
    }
}
