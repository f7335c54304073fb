import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services
@testable import Vault

/// The services over bases in memory, with a clock and identifiers that count.
struct TestBureau: Sendable {
    let persons: MemoryPersons
    let profiles: MemoryProfiles
    let events = MemoryEvents()
    let journal = MemoryJournal()
    let trail: AuditTrail
    let services: BureauServices
    private let vaults: [Base: BaseVault]

    /// Every purpose but `legalObligation` may read `groups`. In `rotating` a token key begins, by its clock. The
    /// others' clock begins at `start`.
    init(
        _ models: ServedModels? = nil, showing groups: FieldGroups = .all,
        rotating: (base: Base, clock: @Sendable () -> Instant)? = nil, floors: (any VersionFloors)? = nil,
        profiles: MemoryProfiles = MemoryProfiles(), from start: Int64 = 1_800_000_000
    ) throws {
        self.profiles = profiles
        func vault(_ base: Base, _ byte: UInt8) throws -> BaseVault {
            try .fixed(base, byte: byte, rotatingBy: rotating?.base == base ? rotating?.clock : nil)
        }
        let vaultA = try vault(.a, 0x11)
        let vaultB = try vault(.b, 0x22)
        let vaultC = try vault(.c, 0x33)
        persons = MemoryPersons(auditKeys: vaultA.audit)
        vaults = [.a: vaultA, .b: vaultB, .c: vaultC]
        var reads: [Purpose?: Disclosures] = [:]
        for purpose in Purpose.allCases where purpose != .legalObligation {
            reads[purpose] = Disclosures(plain: groups)
        }
        let policy = Policy([.owner: Policy.Grants(reads: reads, changes: .all, duties: [.rights])])
        trail = AuditTrail(
            process: RecordID(high: 0, low: 0), actor: Actor(name: "test", role: .owner), keys: vaultA.audit,
            stamps: .counting(from: start), journal: journal)
        services = BureauServices(
            persons: persons, profiles: profiles, events: events, vaultA: vaultA, vaultB: vaultB, vaultC: vaultC,
            control: AccessControl(policy: policy, actor: Actor(name: "test", role: .owner)),
            trail: trail,
            log: AuditLog(
                repository: persons, keys: vaultA.audit, journal: journal, witness: MemoryWitness()),
            floors: floors, models: try models ?? Sample.models(), stamps: .counting(from: start),
            eventBody: { event, _ in Sample.body(event.eventID.text) },
            readBody: { _ in
                RecordedDetails(details: .bureauQuery(bureau: "Serasa", requester: "Loja"), recordedAt: nil)
            })
    }

    /// Computes scores of the samples' persons.
    func score(_ indices: Int...) async -> [Result<ComputedScore, ServiceError>] {
        await services.scores.compute(indices.map { Sample.scoring(of: $0) }).map { $0.map(\.value) }
    }

    /// The scores that base B has, as clients know them.
    func keptScores() async throws -> [KeptScore] {
        let history = await profiles.history
        return try vault(.b).withSession { session in try history.map { try KeptScore($0, &session) } }
    }

    func vault(_ base: Base) throws -> BaseVault { try #require(vaults[base]) }

    /// A person's token in a base.
    func token(_ cpf: CPF, in base: Base) throws -> SubjectToken {
        try vault(base).withSession { session in cpf.withText { session.token(of: $0) } }
    }
}

extension BaseVault {
    /// When the token key of a vault that rotates begins: long ago for the system's clock.
    static let tokenKeySince = Instant(secondsSinceEpoch: 1_000)

    /// A vault whose keys are the same in every run; with a clock one whose token key changes.
    static func fixed(
        _ base: Base, byte: UInt8, rotatingBy clock: (@Sendable () -> Instant)? = nil
    ) throws -> BaseVault {
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        let key = KeyRing.TokenKey(secret: secret(byte + 2), since: tokenKeySince, isComplete: false)
        let ring = KeyRing(
            base: base, tokenSecret: secret(byte), tokenKeys: clock == nil ? [:] : [1: key],
            wrappingSecrets: [1: secret(byte + 1)])
        return try BaseVault(ring: #require(ring), clock: clock ?? BaseVault.systemTime)
    }
}
