import ArgumentParser
import Bureau
import Foundation
import Repositories

/// `creditd doctor`: looks at every store and key ring, and changes nothing but an embedded store's own files.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell for each base whether it can be served, and why not.",
        discussion: "The exit code is 0 when every base can be served, 69 otherwise.")

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await StartFailure.explained {
            let environment = ProcessInfo.processInfo.environment
            let urls = try StoreURLs(options, environment: environment)
            try urls.prepareHome()
            let stores = Stores(
                urls: urls, files: try SchemaFiles(folder: options.schema.folder), environment: environment)
            async let a = checkup(.a, urls) { try stores.openPersons() }
            async let b = checkup(.b, urls) { try await stores.openProfiles() }
            async let c = checkup(.c, urls) { try await stores.openEvents() }
            let checkups = await [a, b, c]
            for checkup in checkups { try Descriptor(1).write(Array("\(checkup.text)\n".utf8)) }
            if !checkups.allSatisfy(\.isWell) { throw ExitStatus.unavailable }
        }
    }

    private func checkup(
        _ base: Base, _ urls: StoreURLs, open: @Sendable () async throws -> any Store
    ) async -> Checkup {
        let ring = Checkup.keyRing(of: base, at: urls.keyRing(of: base))
        do {
            return Checkup(base: base, store: .success(await (try await open()).health()), keyRing: ring)
        } catch {
            let reason = StartFailure(error)?.message ?? "\(error)"
            return Checkup(base: base, store: .failure(Checkup.Fault(reason: reason)), keyRing: ring)
        }
    }
}
