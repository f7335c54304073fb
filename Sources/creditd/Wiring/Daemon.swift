import ArgumentParser
import Bureau
import FoundationEssentials
import JSONRPC
import Journal
import Logging
import MCP
import Methods
import Platform
import Repositories
import Scorecards
import Services
import Telemetry
import Vault

/// The wired daemon: stores, vaults, services and methods.
struct Daemon {
    let methods: MethodTable
    let limits: Limits
    let metrics: MetricsSource
    /// The stores of the bases A, B and C.
    let stores: [any Store]
    /// The vaults of the bases A, B and C.
    let vaults: [BaseVault]
    let ringGuard: RingGuard
    let audit: AuditKeeper
    /// Decides about every access.
    let control: AccessControl
    /// Computes everybody's characteristics.
    let extraction: FeatureExtraction
    /// Works off in the background what other daemons have left of erasures, once it is started.
    let erasures: ErasureWorker

    /// Runs a walk over whole bases, which would miss subjects that are given other tokens meanwhile.
    func whileTokensAreSteady(_ walk: () async throws -> Void) async throws {
        let numbers = try vaults.map { try $0.steadyTokenKey() }
        try await walk()
        for (vault, number) in zip(vaults, numbers) { _ = try vault.steadyTokenKey(number) }
    }

    /// Opens everything that `options` name, and makes the missing files of the embedded default.
    ///
    /// Refuses a fixed clock and seeded identifiers for other stores than embedded files, because others may share
    /// them.
    init(
        _ options: StoreOptions, access: AccessOptions, limits: Limits = Limits(),
        reproducibility: ReproducibilityOptions? = nil,
        isDegraded: @escaping @Sendable () async -> Bool = { false }, reappliesErasures: Bool = true,
        toolOptions: ToolOptionGroup? = nil, toolSet awaitedTools: Deferred<ToolSet>? = nil,
        spans: SpanCounter = SpanCounter(), start: ServiceStart? = nil, log: Logger
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try SchemaFiles(folder: options.schema.folder)
        let stores = try Stores(options, files: files, environment: environment)
        let actor = try access.acting.actor(environment, needsRole: !stores.areEmbedded)
        if reproducibility?.isUsed == true, !stores.areEmbedded {
            throw ValidationError("--clock and --seed are for embedded stores only.")
        }
        if reproducibility?.repeatsIdentifiers == true, stores.areThere {
            throw ValidationError("--clock with --seed needs a new home: this one has identifiers of an earlier run.")
        }
        try stores.prepareHome()
        let rings = stores.rings
        let (vaultA, vaultB, vaultC) = (try rings.vault(of: .a), try rings.vault(of: .b), try rings.vault(of: .c))
        let opening = SupervisedOpening(
            stores: stores, isDegraded: isDegraded,
            noteRefusedRing: { base in await AdministrativeAct.noteRefusedRing(of: base, options, actor) }, log: log,
            start: start)
        // The schemas compile while the stores open, because this takes a fifth off a start on two processors.
        async let openPersons = opening.persons(vaultA)
        async let openProfiles = opening.profiles(vaultB)
        async let openEvents = opening.events(vaultC)
        let contracts = try ContractSet(files: files.files)
        let control = try access.control(actor, try contracts.policy(), environment)
        let toolSet = try toolOptions.map { options in
            ToolSet(
                contracts: contracts, control: control, options: try options.options(control, environment),
                now: (reproducibility?.stamps(sequence: 3) ?? .system).now)
        }
        if let toolSet {
            if toolSet.tools.isEmpty, toolOptions?.isUsed == true {
                log.notice("assistants have no tool", metadata: ["reason": "\(ToolOptionGroup.noTool)"])
            }
            awaitedTools?.provide(toolSet)
        }
        let models = try contracts.servedModels()
        let persons: SupervisedStore<any PersonRepository>
        let profiles: SupervisedStore<any ProfileRepository>
        let events: SupervisedStore<any EventRepository>
        do {
            (persons, profiles, events) = (try await openPersons, try await openProfiles, try await openEvents)
        } catch let error as StoreOpenError where error.isRefusedRing {
            await AdministrativeAct.noteRefusedRing(of: error.base, options, actor)
            throw error
        }
        audit = try AuditKeeper(
            options, home: stores.home, environment: environment, actor: control.actor, vault: vaultA,
            stamps: reproducibility?.stamps(sequence: 2) ?? .system, repository: persons, logger: log)
        let floors = FloorTable.opened(
            in: try options.journalFolder(environment, home: stores.home), keys: vaultA.audit, log: log)
        let services = BureauServices(
            persons: persons, profiles: profiles, events: events,
            vaultA: vaultA, vaultB: vaultB, vaultC: vaultC,
            control: control, trail: audit.trail, log: audit.log, witnessed: audit.witness.notes,
            floors: floors,
            models: models, readCard: ContractSet.card, scoreRetention: try options.retention(environment),
            stamps: reproducibility?.stamps(sequence: 0) ?? .system,
            eventBody: { $0.json(recordedAt: $1) }, readBody: { RecordedDetails(body: $0) })
        toolSet?.refusedCalls.record(by: services.noteLimited)
        vaults = [vaultA, vaultB, vaultC]
        ringGuard = RingGuard(keys: services.keys, vaults: vaults, trail: audit.trail, log: log)
        try await Self.enter(services.scores.register, log)
        // Before anything is served: a base that was put back from a backup may hold persons who were erased.
        await services.blockList.refresh()
        await services.seen?.heedAcceptances(everyDay: true)
        erasures = ErasureWorker(
            erasures: services.erasures, blocks: services.blockList, scores: services.scores,
            tokenMoves: services.tokenMoves, seen: services.seen,
            hasReapplied: reappliesErasures ? await services.erasures.reapply() : false, log: log)
        self.limits = limits
        self.control = control
        extraction = services.extraction
        self.stores = [persons, profiles, events]
        metrics = MetricsSource(version: Creditd.version, stores: self.stores, journal: audit.journal, spans: spans)
        methods = try MethodTable(
            contracts: contracts, services: services, stores: self.stores,
            stamps: reproducibility?.stamps(sequence: 1) ?? .system,
            limits: limits, version: Creditd.version, metrics: metrics)
        log.debug("ready", metadata: ["home": "\(stores.home)", "methods": "\(methods.entries.count)"])
    }

    /// Enters the scorecards in base B's register. A base that is down or full has it done with the first score.
    private static func enter(_ register: ModelRegister, _ log: Logger) async throws(StartFailure) {
        do throws(ModelRegisterError) {
            try await register.enter()
        } catch {
            switch error {
            case .otherCard(let name, let version):
                throw StartFailure(
                    status: ExitStatus.configuration,
                    message: "base B has seen another scorecard that is \(name) version \(version); "
                        + "give it a new version")
            case .store(let error):
                log.warning(
                    "the scorecards are not registered yet", metadata: ["reason": "\(StartFailure(error).message)"])
            }
        }
    }
}
