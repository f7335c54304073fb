import Bureau
import Contracts
import Glibc
import JSON
import JSONRPC
import JSONSchema
import MemoryStores
import Scorecards
import Services
import Testing

@testable import Methods
@testable import Vault

/// The methods as the daemon serves them, over bases in memory, with the contracts that the daemon carries.
struct ServedMethods {
    let contracts: ContractSet
    let control: AccessControl
    let methods: [Method]
    let table: MethodTable
    /// All types and contracts, to compile any of their schemas.
    let registry: SchemaRegistry
    let persons: MemoryPersons
    let profiles: MemoryProfiles
    let events: MemoryEvents
    let journal = MemoryJournal()
    let moves: TokenMoves
    private let stamps: Stamps

    /// The methods for a role, over bases of their own or over those of `other`.
    init(
        role: Role = .owner, fixedPurpose: Purpose? = nil, fixedRequester: String? = nil,
        over other: ServedMethods? = nil
    ) throws {
        let vaultA = try BaseVault.fixed(.a, byte: 1)
        persons = other?.persons ?? MemoryPersons(auditKeys: vaultA.audit)
        profiles = other?.profiles ?? MemoryProfiles()
        events = other?.events ?? MemoryEvents()
        stamps = other?.stamps ?? .counting()
        contracts = try ContractSet(files: EmbeddedFile.all.map { ($0.path, $0.bytes) })
        control = AccessControl(
            policy: try contracts.policy(), actor: Actor(name: "test", role: role), fixedPurpose: fixedPurpose,
            fixedRequester: fixedRequester)
        let services = BureauServices(
            persons: persons, profiles: profiles, events: events, vaultA: vaultA,
            vaultB: try BaseVault.fixed(.b, byte: 2), vaultC: try BaseVault.fixed(.c, byte: 3),
            control: control,
            trail: AuditTrail(
                process: RecordID(high: 0, low: 0), actor: control.actor, keys: vaultA.audit, stamps: .counting(),
                journal: journal),
            log: AuditLog(
                repository: persons, keys: vaultA.audit, journal: journal, witness: MemoryWitness()),
            models: try contracts.servedModels(), stamps: stamps,
            eventBody: { $0.json(recordedAt: $1) }, readBody: { RecordedDetails(body: $0) })
        moves = services.tokenMoves
        methods = Method.bureau(
            contracts: contracts, services: services, stores: [persons, profiles, events], stamps: stamps,
            limits: Limits(), openRPC: OpenRPCDocument(contracts: contracts, version: "1.2.3"))
        table = try MethodTable(
            contracts: contracts, services: services, stores: [persons, profiles, events], stamps: stamps,
            limits: Limits(), version: "1.2.3")
        var registry = SchemaRegistry(formats: BureauFormats.all)
        for contract in contracts.contracts { try registry.register(contract.document, at: contract.path) }
        for file in EmbeddedFile.all where file.path.hasPrefix("types/") {
            try registry.register(Document(file.bytes), at: file.path)
        }
        self.registry = registry
    }

    /// Serves calls over one connection, and returns the responses in the order of the calls; `dryRun` names the calls
    /// that are rehearsed alone.
    func serve(_ calls: [(method: String, params: String)], dryRun: Set<Int> = []) async throws -> [Text] {
        let (input, output) = (try #require(tmpfile()), try #require(tmpfile()))
        defer {
            fclose(input)
            fclose(output)
        }
        for (id, call) in calls.enumerated() {
            // A request is one line, and the params of an example have several.
            let params = call.params.replacing("\n", with: " ")
            let meta = dryRun.contains(id) ? #","meta":{"dryRun":true}"# : ""
            fputs(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(call.method)","params":\#(params)\#(meta)}"# + "\n", input)
        }
        rewind(input)
        let connection = try Connection(
            input: fileno(input), output: fileno(output), methods: table, isOrdered: true)
        #expect(try await connection.serve() == .endOfInput)
        rewind(output)
        var bytes: [UInt8] = []
        while case let byte = fgetc(output), byte != EOF { bytes.append(UInt8(byte)) }
        let responses = bytes.split(separator: UInt8(ascii: "\n")).map { Text(String(decoding: $0, as: UTF8.self)) }
        try #require(responses.count == calls.count)
        return responses
    }
}

extension BaseVault {
    /// A vault whose keys are the same in every run.
    static func fixed(_ base: Base, byte: UInt8) throws -> BaseVault {
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        let ring = KeyRing(base: base, tokenSecret: secret(byte), wrappingSecrets: [1: secret(byte + 1)])
        return try BaseVault(ring: #require(ring))
    }
}
