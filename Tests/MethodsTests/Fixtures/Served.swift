import Bureau
import Contracts
import JSON
import JSONRPC
import JSONSchema
import Methods
import Services
import Vault

/// The methods as the daemon serves them, over empty bases, with the contracts that it carries.
struct Served {
    let contracts: ContractSet
    let services: BureauServices
    let table: MethodTable
    /// All types and contracts, to compile any schema of them.
    let registry: SchemaRegistry

    init() throws {
        contracts = try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) })
        let stamps = Stamps(now: { Instant(secondsSinceEpoch: 1_795_000_000) }, random: { 2 })
        let store = EmptyStore()
        services = BureauServices(
            persons: store, profiles: store, events: store, vaultA: try BaseVault.fixed(.a, byte: 1),
            vaultB: try BaseVault.fixed(.b, byte: 2), vaultC: try BaseVault.fixed(.c, byte: 3), policy: contracts.policy,
            scorecard: try contracts.scorecard(), stamps: stamps, eventBody: { $0.json })
        table = try MethodTable(
            contracts: contracts, services: services, stores: [store], stamps: stamps, limits: Limits(),
            version: "1.2.3")
        var registry = SchemaRegistry(formats: BureauFormats.all)
        for contract in contracts.contracts { try registry.register(contract.document, at: contract.path) }
        for file in EmbeddedFile.all where file.path.hasPrefix("types/") {
            try registry.register(Document(file.bytes), at: file.path)
        }
        self.registry = registry
    }
}
