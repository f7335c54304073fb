import ArgumentParser
import Bureau
import Foundation
import Platform
import Repositories
import Vault

/// `creditd doctor`: looks at every store and key ring. On embedded stores it makes the home and rings that are
/// missing.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell for each base whether it can be served, and why not.",
        discussion: "The exit code is 0 when every base can be served, 69 otherwise.")

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await StartFailure.explained {
            let environment = ProcessInfo.processInfo.environment
            let files = try SchemaFiles(folder: options.schema.folder)
            let stores = try Stores(options, files: files, environment: environment)
            try stores.prepareHome()
            async let a = checkup(.a, stores) { try await stores.openPersons() }
            async let b = checkup(.b, stores) { try await stores.openProfiles() }
            async let c = checkup(.c, stores) { try await stores.openEvents() }
            let checkups = await [a, b, c]
            for checkup in checkups { try FileDescriptor(1).put("\(checkup.text)\n") }
            if !checkups.allSatisfy(\.isWell) { throw ExitStatus.unavailable }
        }
    }

    private func checkup(
        _ base: Base, _ stores: Stores, open: @Sendable () async throws -> any Store
    ) async -> Checkup {
        let ring = Checkup.keyRing(of: base, at: stores.keyRing(of: base))
        do {
            return Checkup(base: base, store: .success(await (try await open()).health()), keyRing: ring)
        } catch {
            let reason = StartFailure(error)?.message ?? "\(error)"
            return Checkup(base: base, store: .failure(Checkup.Fault(reason: reason)), keyRing: ring)
        }
    }
}

/// What `creditd doctor` found out about one base.
struct Checkup {
    /// Why a store or key ring cannot be used.
    struct Fault: Error {
        var reason: String
    }

    var base: Base
    var store: Result<StoreHealth, Fault>
    var keyRing: Result<String, Fault>

    /// The base can be served.
    var isWell: Bool {
        guard case .success(let health) = store, case .success = keyRing else { return false }
        return health.isReady
    }

    /// One line for people.
    var text: String {
        let verdict = isWell ? "ok  " : "FAIL"
        return "\(verdict)  \(storeText); key ring \(keyRingText)"
    }

    /// Looks at a key ring's rights and form without keeping its keys.
    static func keyRing(of base: Base, at path: String) -> Result<String, Fault> {
        do throws(KeyRingError) {
            _ = try KeyRing.load(from: path, base: base)
            return .success("ok")
        } catch .notFound {
            return .success("not there yet, made at the first start")
        } catch {
            return .failure(Fault(reason: "\(error)"))
        }
    }

    private var storeText: String {
        switch store {
        case .failure(let fault): return fault.reason
        case .success(let health):
            let name = "base \(base.rawValue): "
            guard let engine = health.engine else { return name + "not reachable" }
            let encryption = health.isEncrypted.map { $0 ? ", TLS" : ", no TLS" } ?? ""
            let schema =
                health.migrationsKnown == 0
                ? "" : ", schema \(health.migrationsApplied) of \(health.migrationsKnown) steps"
            return name + "\(engine), round trip \(health.roundTripMicroseconds) µs\(schema)\(encryption)"
        }
    }

    private var keyRingText: String {
        switch keyRing {
        case .success(let text): text
        case .failure(let fault): fault.reason
        }
    }
}
