import Bureau
import Foundation
import JSONRPC
import MemoryStores
import Methods
import Platform
import Scorecards
import Services
import Vault

/// The daemon's methods on bases in memory, with a clock that nearly stands still: scores follow each other
/// by a microsecond.
struct MemoryBureau {
    /// What begins each time that this clock gives, and each identifier that is made of one.
    static let givenPrefixes = ["2026-11-30T00:53:20", "01a229f1-2800-7"]

    let methods: MethodTable
    private let persons = MemoryPersons()
    private let profiles = MemoryProfiles()
    private let events = MemoryEvents()

    init() {
        do {
            let files =
                ["schema/rpc", "schema/types", "schema/scorecards"].flatMap { RepositoryFiles.below($0) }
                + [RepositoryFiles.policy]
            let contracts = try ContractSet(files: files.map { ($0.path, $0.text) })
            let stamps = Stamps(now: { Instant(secondsSinceEpoch: 1_796_000_000) }, random: { 2 })
            let actor = Actor(name: "fuzz", role: .owner)
            let vaultA = try Self.vault(.a)
            let services = BureauServices(
                persons: persons, profiles: profiles, events: events, vaultA: vaultA,
                vaultB: try Self.vault(.b), vaultC: try Self.vault(.c),
                control: AccessControl(policy: try contracts.policy(), actor: actor),
                trail: AuditTrail(
                    process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: stamps,
                    journal: MemoryJournal()),
                log: AuditLog(
                    repository: persons, keys: vaultA.audit, journal: MemoryJournal(), witness: MemoryWitness()),
                models: try contracts.servedModels(), stamps: stamps, eventBody: { $0.json(recordedAt: $1) },
                readBody: { RecordedDetails(body: $0) })
            methods = try MethodTable(
                contracts: contracts, services: services, stores: [persons, profiles, events], stamps: stamps,
                limits: Limits(), version: "0")
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Empties all bases.
    func clear() {
        let cleared = Monitor(false)
        Task.detached { [persons, profiles, events] in
            await persons.clear()
            await profiles.clear()
            await events.clear()
            cleared.change { cleared in
                cleared = true
                return ((), true)
            }
        }
        cleared.wait { $0 ? () : nil }
    }

    private static func vault(_ base: Base) throws -> BaseVault {
        let path = NSTemporaryDirectory() + "/creditd-fuzz-\(getpid())-\(base.rawValue)"
        defer { unlink(path) }
        return try BaseVault(ring: KeyRing.loadOrCreate(at: path, base: base))
    }
}
