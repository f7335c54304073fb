import ArgumentParser
import Bureau
import FoundationEssentials
import Platform
import Repositories
import Synchronization

extension Migrate {
    /// `creditd migrate status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what is applied and what is not.",
            discussion: """
                Where all is applied and the base's key ring is there, the ring is held against the store: the exit \
                code is 69 when it is another store's or an old copy.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await target.recorded("migrate.status", .tells) {
                let ready = Mutex<[Base]>([])
                try await target.migrate { base, migrator in
                    let states = try migrator.status()
                    for state in states { try MigrationReport.write(state, of: base) }
                    let isReady = states.allSatisfy { $0.appliedAt != nil && !$0.hasDrifted && $0.isKnown }
                    if isReady { ready.withLock { $0.append(base) } }
                }
                try await refuseForeignRings(of: ready.withLock { $0 })
            }
        }

        /// Throws for a ring that daemons would refuse. A store that cannot be opened here is told, and no failure:
        /// who changes schemas need not have a daemon's rights.
        private func refuseForeignRings(of bases: [Base]) async throws {
            let stores = try Stores(
                target.stores, files: try SchemaFiles(folder: target.stores.schema.folder),
                environment: ProcessInfo.processInfo.environment)
            var areRefused = false
            for base in bases where stores.rings.isThere(base) {
                let vault = try stores.rings.vault(of: base)
                do {
                    guard let refusal = try await vault.refusal(by: try await stores.open(base)) else { continue }
                    areRefused = true
                    FileDescriptor(2).offer("creditd: \(refusal)\n")
                } catch {
                    let reason = StartFailure(error)?.message ?? "\(error)"
                    FileDescriptor(2).offer("creditd: the key ring was not held against the store: \(reason)\n")
                }
            }
            if areRefused { throw ExitStatus.unavailable }
        }
    }
}
