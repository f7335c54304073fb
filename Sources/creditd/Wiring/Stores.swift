import ArgumentParser
import Bureau
import Foundation
import Repositories
import Vault

/// The stores of the three bases, and the home folder with their key rings.
struct Stores: Sendable {
    /// The folder of the key rings, and of the embedded stores.
    let home: String
    private let addresses: [Base: StoreAddress]
    private let files: SchemaFiles
    private let environment: [String: String]

    /// Finds out where each base is: flags win over the environment, which wins over the embedded default.
    init(_ options: StoreOptions, files: SchemaFiles, environment: [String: String]) throws {
        let home = options.homeFolder(environment)
        self.home = home
        self.files = files
        self.environment = environment
        addresses = try Dictionary(
            uniqueKeysWithValues: Base.allCases.map { base in
                let variable = environment["CREDITD_BASE_\(base.rawValue)"].flatMap { $0.isEmpty ? nil : $0 }
                guard let text = options.url(of: base) ?? variable else {
                    return (base, StoreAddress(file: "\(home)/base-\(base.rawValue.lowercased()).sqlite"))
                }
                // The text is not repeated, because a URL may hold a secret that has no business there.
                guard let address = StoreAddress(text) else {
                    throw ValidationError("What is given for base \(base.rawValue) is not the URL of a store.")
                }
                return (base, address)
            })
    }

    /// Whether every base lies in an embedded file.
    var areEmbedded: Bool { addresses.values.allSatisfy { $0.embeddedPath != nil } }

    /// Whether the file of an embedded store exists.
    var areThere: Bool {
        addresses.values.contains { $0.embeddedPath.map(FileManager.default.fileExists) ?? false }
    }

    func openPersons() async throws -> any PersonRepository {
        try await open(.a, by: driver(of: .a).persons)
    }

    func openProfiles() async throws -> any ProfileRepository {
        try await open(.b, by: driver(of: .b).profiles)
    }

    func openEvents() async throws -> any EventRepository {
        try await open(.c, by: driver(of: .c).events)
    }

    /// What brings a base's schema up and down; nil for a store without a schema.
    func migrator(of base: Base) throws -> (any Migrator)? {
        let driver = try driver(of: base)
        return try driver.migrator.map { try $0(request(base)) }
    }

    /// The key ring of a base.
    func keyRing(of base: Base) -> String {
        "\(home)/base-\(base.rawValue.lowercased()).keyring"
    }

    private func open<R>(_ base: Base, by open: (@Sendable (StoreDriver.Request) async throws -> R)?) async throws -> R
    {
        guard let open else { throw mismatch(base) }
        return try await open(request(base))
    }

    private func address(of base: Base) -> StoreAddress {
        guard let address = addresses[base] else { preconditionFailure("every base has an address") }
        return address
    }

    private func driver(of base: Base) throws -> StoreDriver {
        let driver = address(of: base).driver
        guard driver.keeps(base) else { throw mismatch(base) }
        return driver
    }

    private func request(_ base: Base) throws -> StoreDriver.Request {
        let address = address(of: base)
        let steps = try address.driver.migrationFolder(base).map { try files.migrations(of: $0) } ?? []
        return StoreDriver.Request(
            base: base, url: address.url, steps: steps, files: files, environment: environment)
    }

    /// Tells somebody who named a store for a base that it does not keep what the base takes.
    private func mismatch(_ base: Base) -> StartFailure {
        StartFailure(
            status: .validationFailure, message: "base \(base.rawValue) takes \(StoreDriver.forms(of: base))")
    }
}

extension Stores {
    /// Makes what the embedded stores need before they are opened: the home folder, for its owner alone, and the key
    /// rings, so that a store's file is never there without the ring that goes with it.
    ///
    /// Refuses a file whose ring is gone, because with a new ring its data could not be opened, nor found to be there.
    func prepareHome() throws(StartFailure) {
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure(
                status: ExitStatus.unavailable,
                message: "the home \(home) cannot be made: \(error.localizedDescription)")
        }
        for base in Base.allCases {
            let ring = keyRing(of: base)
            guard let path = address(of: base).embeddedPath, !manager.fileExists(atPath: ring) else { continue }
            // The ring is looked for once more, because another daemon may have made both in between.
            if manager.fileExists(atPath: path), !manager.fileExists(atPath: ring) {
                throw StartFailure(
                    status: ExitStatus.unavailable,
                    message: "\(ring) is missing, and \(path) is sealed with it; put the key ring back")
            }
            _ = try loadRing(of: base)
        }
    }

    /// Reads the keys of a base; a ring that is not there is made.
    func vault(of base: Base) throws -> BaseVault {
        try BaseVault(ring: loadRing(of: base))
    }

    private func loadRing(of base: Base) throws(StartFailure) -> KeyRing {
        let path = keyRing(of: base)
        do throws(KeyRingError) {
            return try KeyRing.loadOrCreate(at: path, base: base)
        } catch {
            throw StartFailure(status: ExitStatus.unavailable, message: "\(path): \(error)")
        }
    }
}
