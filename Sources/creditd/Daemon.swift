import ArgumentParser
import Bureau
import Foundation
import JSONRPC
import Logging
import Methods
import Repositories
import Services
import Vault

/// The daemon put together: stores, vaults, services and methods.
struct Daemon {
    let methods: MethodTable
    let limits: Limits

    /// Opens everything that `options` name, and makes what is missing of the embedded default.
    init(_ options: StoreOptions, limits: Limits = Limits(), log: Logger) async throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try SchemaFiles(folder: options.schema.folder)
        let contracts = try ContractSet(files: files.files)
        let urls = try StoreURLs(options, environment: environment)
        try urls.prepareHome()
        let (vaultA, vaultB, vaultC) = (try Self.vault(.a, urls), try Self.vault(.b, urls), try Self.vault(.c, urls))
        let stores = Stores(urls: urls, files: files, environment: environment)
        let persons = try stores.openPersons()
        let profiles = try await stores.openProfiles()
        let events = try await stores.openEvents()
        let services = BureauServices(
            persons: persons, profiles: profiles, events: events,
            vaultA: vaultA, vaultB: vaultB, vaultC: vaultC,
            policy: contracts.policy, scorecard: try contracts.scorecard(), stamps: .system, eventBody: \.json)
        self.limits = limits
        methods = try MethodTable(
            contracts: contracts, services: services, stores: [persons, profiles, events], stamps: .system,
            limits: limits, version: Creditd.version)
        log.debug("ready", metadata: ["home": "\(urls.home)", "methods": "\(methods.entries.count)"])
    }

    private static func vault(_ base: Repositories.Base, _ urls: StoreURLs) throws -> Vault {
        let path = urls.keyRing(of: base)
        let ring: KeyRing
        do throws(KeyRingError) {
            ring = try KeyRing.loadOrCreate(at: path, of: base)
        } catch {
            throw StartFailure(status: ExitStatus.unavailable, message: "\(path): \(error)")
        }
        return try Vault(ring: ring)
    }
}
