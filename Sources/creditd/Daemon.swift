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
    ///
    /// A fixed clock and seeded identifiers are refused for other stores than embedded ones: others may share those.
    init(
        _ options: StoreOptions, limits: Limits = Limits(), reproducibility: ReproducibilityOptions? = nil, log: Logger
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try SchemaFiles(folder: options.schema.folder)
        let urls = try StoreURLs(options, environment: environment)
        if reproducibility?.isUsed == true, !urls.areEmbedded {
            throw ValidationError("--clock and --seed are for embedded stores only.")
        }
        try urls.prepareHome()
        let (vaultA, vaultB, vaultC) = (try Self.vault(.a, urls), try Self.vault(.b, urls), try Self.vault(.c, urls))
        let stores = Stores(urls: urls, files: files, environment: environment)
        // The schemas are compiled while the stores are opened: on two processors that takes a fifth off a start.
        async let openPersons = stores.openPersons()
        async let openProfiles = stores.openProfiles()
        async let openEvents = stores.openEvents()
        let contracts = try ContractSet(files: files.files)
        let scorecard = try contracts.scorecard()
        let (persons, profiles, events) = (try await openPersons, try await openProfiles, try await openEvents)
        let services = BureauServices(
            persons: persons, profiles: profiles, events: events,
            vaultA: vaultA, vaultB: vaultB, vaultC: vaultC,
            policy: contracts.policy, scorecard: scorecard, stamps: reproducibility?.stamps(sequence: 0) ?? .system,
            eventBody: \.json)
        self.limits = limits
        methods = try MethodTable(
            contracts: contracts, services: services, stores: [persons, profiles, events],
            stamps: reproducibility?.stamps(sequence: 1) ?? .system,
            limits: limits, version: Creditd.version)
        log.debug("ready", metadata: ["home": "\(urls.home)", "methods": "\(methods.entries.count)"])
    }

    private static func vault(_ base: Base, _ urls: StoreURLs) throws -> BaseVault {
        let path = urls.keyRing(of: base)
        let ring: KeyRing
        do throws(KeyRingError) {
            ring = try KeyRing.loadOrCreate(at: path, base: base)
        } catch {
            throw StartFailure(status: ExitStatus.unavailable, message: "\(path): \(error)")
        }
        return try BaseVault(ring: ring)
    }
}
