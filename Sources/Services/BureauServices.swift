import Bureau
import Repositories
import Vault

/// All services, wired to their repositories and vaults.
public struct BureauServices: Sendable {
    public let control: AccessControl
    public let persons: PersonService
    public let debts: DebtService
    public let payments: PaymentService
    public let profiles: ProfileService
    public let scores: ScoreService
    public let models: ModelService
    public let events: EventService
    public let facts: FactsService
    public let reports: ReportService
    public let deletions: PersonDeletionService
    public let erasures: ErasureService
    public let blocks: BlockService
    public let blockList: BlockList
    public let rights: RightsService
    public let subjectAccess: SubjectAccessService
    public let keys: KeyService
    public let tokenMoves: TokenMoves
    public let audit: AuditService
    public let extraction: FeatureExtraction
    public let monitor: MonitorService
    /// Nil where this machine keeps nothing of what it has seen.
    public let seen: SeenVersions?
    /// Records an access that a limit refused before its method was asked, in the base that the method is about.
    public let noteLimited: @Sendable (Access, CPF) -> Void

    /// Each base has a vault of its own; `eventBody` writes an event as it is answered, and `readBody` reads it;
    /// `readCard` reads the canonical file of a scorecard. Without `floors` a record that is put back as a whole is not
    /// seen at the read.
    public init(
        persons: any PersonRepository, profiles: any ProfileRepository, events: any EventRepository,
        vaultA: BaseVault, vaultB: BaseVault, vaultC: BaseVault, control: AccessControl,
        trail: AuditTrail, log: AuditLog, witnessed: @escaping @Sendable () -> [[UInt8]] = { [] },
        floors: (any VersionFloors)? = nil,
        models: ServedModels, readCard: @escaping @Sendable ([UInt8]) -> Scorecard? = { _ in nil },
        scoreRetention: ScoreRetention = ScoreRetention(), stamps: Stamps,
        eventBody: @escaping @Sendable (Event, Instant?) -> [UInt8],
        readBody: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> RecordedDetails?
    ) {
        blockList = BlockList(vaultA: vaultA, vaultB: vaultB, vaultC: vaultC, repository: persons)
        let moves = TokenMoves(vaults: [vaultA, vaultB, vaultC], stores: [.a: persons, .b: profiles, .c: events])
        tokenMoves = moves
        var control = control
        control.blocks = blockList
        control.noteDenied = { access, cpf in
            trail.noteDenied(access, to: vaultA.tokens(of: [cpf].compactMap(\.self)), in: .a)
        }
        noteLimited = { access, cpf in
            let vault =
                switch access.base {
                case .a: vaultA
                case .b: vaultB
                case .c: vaultC
                }
            trail.noteDenied(access, to: vault.tokens(of: [cpf]), in: access.base)
        }
        self.control = control
        let acceptances = Acceptances(log: log, trail: trail, vault: vaultA)
        let seen = floors.map { SeenVersions(floors: $0, acceptances: acceptances) }
        self.seen = seen
        self.persons = PersonService(
            vault: vaultA, repository: persons, control: control, trail: trail, stamps: stamps, moves: moves,
            seen: seen)
        self.debts = DebtService(persons: self.persons)
        self.payments = PaymentService(persons: self.persons)
        self.profiles = ProfileService(
            vault: vaultB, repository: profiles, control: control, trail: trail, stamps: stamps, seen: seen)
        self.events = EventService(
            vault: vaultC, repository: events, control: control, trail: trail, stamps: stamps,
            eventBody: eventBody, readBody: readBody)
        self.facts = FactsService(persons: self.persons, profiles: self.profiles, events: self.events)
        self.scores = ScoreService(
            facts: self.facts,
            register: ModelRegister(models, repository: profiles, readCard: readCard), retention: scoreRetention)
        self.models = ModelService(register: self.scores.register, control: control)
        self.monitor = MonitorService(repository: profiles, vault: vaultB, models: models, trail: trail)
        self.keys = KeyService(
            vaults: [vaultA, vaultB, vaultC], repositories: [.a: persons, .b: profiles],
            registers: [.a: persons, .b: profiles, .c: events], control: control, trail: trail)
        blocks = BlockService(persons: self.persons, list: blockList)
        deletions = PersonDeletionService(
            persons: self.persons, profiles: profiles, events: events, vaultB: vaultB, vaultC: vaultC)
        self.erasures = ErasureService(
            persons: self.persons, profiles: profiles, events: events, vaultB: vaultB, vaultC: vaultC,
            writes: WriteCheck(
                persons: persons, profiles: profiles, log: log, trail: trail,
                present: { base, token in (base == .a ? vaultA : vaultB).present(token) }, witnessed: witnessed,
                acceptances: acceptances))
        self.rights = RightsService(persons: self.persons)
        self.subjectAccess = SubjectAccessService(
            rights: self.rights, payments: self.payments, profiles: self.profiles, scores: self.scores,
            events: self.events)
        self.audit = AuditService(
            log: log, vaults: [vaultA, vaultB, vaultC], trail: trail, witnessed: witnessed)
        self.extraction = FeatureExtraction(facts: self.facts, blocks: blockList)
        self.reports = ReportService(
            persons: self.persons, profiles: self.profiles, scores: self.scores, events: self.events)
    }
}
