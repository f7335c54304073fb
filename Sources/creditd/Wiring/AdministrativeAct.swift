import ArgumentParser
import Bureau
import FoundationEssentials
import Journal
import Methods
import Repositories
import Services
import Vault

/// A command that looks after keys or schemas, as the audit log has it.
///
/// Its records go into the journal, from which the next daemon carries them. Without base A's ring there is no log yet.
final class AdministrativeAct {
    /// Whether a command changes keys or schemas, tells of them alone, or finds that there is nothing to do.
    enum Kind {
        case tells
        case changes
        /// Recorded where a journal can be made: such a command may run where none ever is.
        case findsNothingToDo
    }

    /// A daemon reads a file of the journal whole.
    private static let largestFileBytes = 1 << 20
    /// A file for each record, so that daemons carry it at once.
    private static let recordFileBytes = 1

    private let name: String
    private let options: StoreOptions
    private let actor: Actor
    /// Nil while base A's ring is not there.
    private var opened: (trail: AuditTrail, journal: AuditJournal)?
    /// Of how many things the act was.
    var count = 1

    private init(_ name: String, _ options: StoreOptions, _ actor: Actor) {
        self.name = name
        self.options = options
        self.actor = actor
    }

    /// Runs a command for a role with the duty `keys` and records how it ended: `failed` when it throws, and `done`
    /// otherwise. Without a role it is the owner's: who runs it has the rings.
    ///
    /// A command that changes something is recorded before, too, as `granted`, because it may be killed. The one that
    /// makes base A's ring is not recorded: there was no log before it.
    static func recorded(
        _ name: String, _ kind: Kind, _ options: StoreOptions, _ acting: ActorOptions,
        _ command: (AdministrativeAct) async throws -> Void
    ) async throws {
        let actor = try acting.actor(ProcessInfo.processInfo.environment, needsRole: false)
        try await require([.keys], of: actor, for: name, options)
        let act = AdministrativeAct(name, options, actor)
        defer { act.opened?.journal.stop() }
        if kind == .changes { try await act.record(.granted) }
        if kind == .findsNothingToDo { act.opened = try? opened(options, actor, fileBytes: recordFileBytes) }
        let isRecorded = kind == .tells || act.opened != nil
        do {
            try await command(act)
        } catch {
            if isRecorded { try? await act.record(.failed) }
            throw error
        }
        if isRecorded { try await act.record(.done) }
    }

    /// Refuses an actor whose role lacks a duty, and records that as `denied`.
    static func require(
        _ duties: Set<Duty>, of actor: Actor, for name: String, _ options: StoreOptions
    ) async throws {
        let files = try SchemaFiles(folder: options.schema.folder)
        if duties.isSubset(of: try ContractSet(files: files.files).policy().grants(of: actor.role).duties) { return }
        let act = AdministrativeAct(name, options, actor)
        defer { act.opened?.journal.stop() }
        try? await act.record(.denied)
        throw StartFailure(
            status: .validationFailure, message: "the role \(actor.role.rawValue) may not do this")
    }

    /// Opens what a command works with, and records the command as `failed` when that fails: once it is open, the
    /// command records its own end.
    static func opening<Opened>(
        for name: String, _ options: StoreOptions, _ acting: ActorOptions, _ open: () async throws -> Opened
    ) async throws -> Opened {
        do {
            return try await open()
        } catch {
            // A log takes nothing that was made with another one's ring.
            if (error as? StoreOpenError)?.isForeignRing(of: .a) != true {
                try? await recordFailure(of: name, options, acting)
            }
            throw error
        }
    }

    private static func recordFailure(
        of name: String, _ options: StoreOptions, _ acting: ActorOptions
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try SchemaFiles(folder: options.schema.folder)
        let areEmbedded = try Stores(options, files: files, environment: environment).areEmbedded
        let act = AdministrativeAct(name, options, try acting.actor(environment, needsRole: !areEmbedded))
        defer { act.opened?.journal.stop() }
        try await act.record(.failed)
    }

    /// Records that a process did not open a base for its key ring. A journal that fails changes nothing: the process
    /// refuses anyway.
    static func noteRefusedRing(of base: Base, _ options: StoreOptions, _ actor: Actor) async {
        guard let (trail, journal) = try? opened(options, actor) else { return }
        try? trail.journalRefusedRing(of: base)
        try? await trail.sync()
        journal.stop()
    }

    /// Records what became of one subject, by the token in a base.
    func record(_ outcome: AuditOutcome, of token: SubjectToken, in base: Base) async throws {
        try await recording { trail in
            try trail.journal([Access(method: name, groups: [])], to: [token], in: base, outcome)
        }
    }

    private func record(_ outcome: AuditOutcome) async throws {
        try await recording { trail in
            try trail.journal(name, outcome, count: outcome == .granted ? 1 : count)
        }
    }

    private func recording(_ append: (AuditTrail) throws -> Void) async throws {
        if opened == nil { opened = try Self.opened(options, actor, fileBytes: Self.recordFileBytes) }
        guard let trail = opened?.trail else { return }
        do {
            try append(trail)
            try await trail.sync()
        } catch {
            throw StartFailure(status: ExitStatus.inputOutput, message: "the audit journal cannot be written")
        }
    }

    /// Opens a journal of this command of its own, for many records, which whoever asks for it stops; nil without base
    /// A's ring.
    func openJournal() throws -> (trail: AuditTrail, journal: AuditJournal)? { try Self.opened(options, actor) }

    /// Opens a journal of a command that serves nobody, which whoever asks for it stops; nil without base A's ring.
    static func opened(
        _ options: StoreOptions, _ actor: Actor, fileBytes: Int = AdministrativeAct.largestFileBytes
    ) throws -> (trail: AuditTrail, journal: AuditJournal)? {
        let environment = ProcessInfo.processInfo.environment
        let home = try options.homeFolder(environment)
        let rings = KeyRings(
            folder: try options.keyRingFolder(environment), home: home, providers: try options.keyProviders(environment)
        )
        guard rings.isThere(.a) else { return nil }
        let vault = try rings.vault(of: .a)
        let folder = try options.journalFolder(environment, home: home)
        try KeyRings.makeFolder(folder)
        let stamps = Stamps.system
        let process = stamps.recordID(at: stamps.now())
        let journal = AuditJournal(folder: folder, process: process, keys: vault.audit, fileBytes: fileBytes)
        guard let journal else {
            throw StartFailure.noThread
        }
        let trail = AuditTrail(process: process, actor: actor, keys: vault.audit, stamps: stamps, journal: journal)
        return (trail, journal)
    }
}
