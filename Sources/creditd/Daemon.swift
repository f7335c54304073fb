import ArgumentParser
import Bureau
import Foundation
import JSONRPC
import Logging
import Methods
import Repositories
import Services
import StoreSQLite
import Vault

/// The daemon put together: stores, vaults, services and methods. The only place that knows a driver.
struct Daemon {
    let methods: MethodTable
    let limits: Limits

    /// Opens everything that `options` name, and makes what is missing of the embedded default.
    init(_ options: StoreOptions, log: Logger) throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try SchemaFiles(folder: options.schema.folder)
        let contracts = try ContractSet(files: files.files)
        let home = options.homeFolder(environment)
        try Self.makeFolder(home)
        let path = { (base: Repositories.Base) in
            switch try options.url(of: base, home: home, environment) {
            case .sqlite(let path): path
            }
        }
        let persons = try SQLitePersonStore(path: try path(.a), migrations: files.sqliteMigrations(of: .a))
        let profiles = try SQLiteProfileStore(path: try path(.b), migrations: files.sqliteMigrations(of: .b))
        let events = try SQLiteEventStore(path: try path(.c), migrations: files.sqliteMigrations(of: .c))
        let services = BureauServices(
            persons: persons, profiles: profiles, events: events,
            vaultA: try Self.vault(.a, home: home), vaultB: try Self.vault(.b, home: home),
            vaultC: try Self.vault(.c, home: home), policy: contracts.policy,
            scorecard: try contracts.scorecard(), stamps: .system, eventBody: \.json)
        limits = Limits()
        methods = try MethodTable(
            contracts: contracts, services: services, stores: [persons, profiles, events], stamps: .system,
            limits: limits, version: Creditd.version)
        log.debug("ready", metadata: ["home": "\(home)", "methods": "\(methods.entries.count)"])
    }

    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private static func vault(_ base: Repositories.Base, home: String) throws -> Vault {
        let path = "\(home)/base-\(base.rawValue.lowercased()).keyring"
        let ring: KeyRing
        do throws(KeyRingError) {
            switch base {
            case .a: ring = try KeyRing.loadOrCreate(at: path, base: .a)
            case .b: ring = try KeyRing.loadOrCreate(at: path, base: .b)
            case .c: ring = try KeyRing.loadOrCreate(at: path, base: .c)
            }
        } catch {
            throw StartFailure(status: ExitStatus.unavailable, message: "\(path): \(error)")
        }
        return try Vault(ring: ring)
    }
}

extension SchemaFiles {
    fileprivate func sqliteMigrations(of base: Repositories.Base) -> [Migration] {
        migrations(of: base.rawValue.lowercased()).map { Migration(name: $0.name, sql: $0.sql) }
    }
}
