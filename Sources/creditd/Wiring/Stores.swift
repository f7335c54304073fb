import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Repositories
import Vault

/// The stores of the three bases, and their key rings.
struct Stores: Sendable {
    /// The folder of the embedded stores.
    let home: String
    let rings: KeyRings
    private let addresses: [Base: StoreAddress]
    private let files: SchemaFiles
    private let environment: [String: String]

    /// Finds out where each base is: flags win over the environment, which wins over the embedded default.
    init(_ options: StoreOptions, files: SchemaFiles, environment: [String: String]) throws {
        let home = try options.homeFolder(environment)
        self.home = home
        rings = KeyRings(
            folder: try options.keyRingFolder(environment), home: home, providers: try options.keyProviders(environment)
        )
        self.files = files
        self.environment = environment
        addresses = try Dictionary(
            uniqueKeysWithValues: Base.allCases.map { base in
                let variable = environment["CREDITD_BASE_\(base.rawValue)"].flatMap { $0.isEmpty ? nil : $0 }
                guard let text = options.url(of: base) ?? variable else {
                    return (base, StoreAddress(file: "\(home)/base-\(base.rawValue.lowercased()).sqlite"))
                }
                // The text is not repeated, because a URL may hold a secret that has no business there.
                do throws(StoreAddress.Refusal) {
                    return (base, try StoreAddress(text))
                } catch {
                    throw ValidationError("What is given for base \(base.rawValue) \(error.reason).")
                }
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

    /// Opens the store of a base, whichever it is.
    func open(_ base: Base) async throws -> any Store {
        switch base {
        case .a: try await openPersons()
        case .b: try await openProfiles()
        case .c: try await openEvents()
        }
    }

    /// What brings a base's schema up and down; nil for a store without a schema.
    func migrator(of base: Base) throws -> (any Migrator)? {
        let driver = try driver(of: base)
        return try driver.migrator.map { try $0(request(base)) }
    }

    func isEmbedded(_ base: Base) -> Bool { address(of: base).embeddedPath != nil }

    /// Why the home is not there and cannot be made; nil when it is there or can be made.
    var flawOfHome: String? {
        var path = FolderFiles.trimmed(home)
        while access(path, F_OK) != 0, errno == ENOENT, path != "." {
            let slash = path.lastIndex(of: "/")
            path = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        }
        if access(path, F_OK) == 0, !FolderFiles.isFolder(path) { return "\(path) is no folder" }
        return access(path, W_OK | X_OK) == 0 ? nil : "\(path): \(String(cString: strerror(errno)))"
    }

    /// Whether a base lies in an embedded file that its first start will make.
    func isNew(_ base: Base) -> Bool {
        address(of: base).embeddedPath.map { !FileManager.default.fileExists(atPath: $0) } ?? false
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
    /// Servers get no ring here: theirs is shared by all daemons, and made by `creditd keys init` alone.
    func prepareHome() throws {
        let manager = FileManager.default
        let embedded = Base.allCases.compactMap { base in address(of: base).embeddedPath.map { (base, $0) } }
        if embedded.isEmpty { return }
        try KeyRings.makeFolder(home)
        for (base, path) in embedded where !rings.isThere(base) {
            // The ring is looked for once more, because another daemon may have made both in between.
            if manager.fileExists(atPath: path), !rings.isThere(base) {
                throw StartFailure(
                    status: ExitStatus.unavailable,
                    message: "\(rings.path(of: base)) is missing, and \(path) is sealed with it; put the key ring back")
            }
            if rings.areMounted { throw rings.missing(base) }
            _ = try rings.loadOrCreate(base)
        }
    }
}
