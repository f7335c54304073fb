import ArgumentParser
import Bureau
import FoundationEssentials
import Journal
import Repositories
import Services
import Vault

/// A command that looks after keys or schemas, as the audit log has it.
///
/// Its records go into the journal, from which the next daemon carries them. Without base A's ring there is no log yet.
final class AdministrativeAct {
    /// Whether a command changes keys or schemas, or tells of them alone.
    enum Kind {
        case tells
        case changes
    }

    /// A daemon reads a file of the journal whole.
    private static let largestFileBytes = 1 << 20

    private let name: String
    private let options: StoreOptions
    /// Nil while base A's ring is not there.
    private var opened: (trail: AuditTrail, journal: AuditJournal)?
    /// Of how many things the act was.
    var count = 1

    private init(_ name: String, _ options: StoreOptions) {
        self.name = name
        self.options = options
    }

    /// Runs a command and records how it ended: `failed` when it throws, and `done` otherwise.
    ///
    /// A command that changes something is recorded before, too, as `granted`, because it may be killed.
    static func recorded(
        _ name: String, _ kind: Kind, _ options: StoreOptions, _ command: (AdministrativeAct) async throws -> Void
    ) async throws {
        let act = AdministrativeAct(name, options)
        defer { act.opened?.journal.stop() }
        if kind == .changes { try await act.record(.granted) }
        do {
            try await command(act)
        } catch {
            try? await act.record(.failed)
            throw error
        }
        try await act.record(.done)
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
        // A file for each record, so that daemons carry it at once.
        if opened == nil { opened = try Self.opened(options, fileBytes: 1) }
        guard let trail = opened?.trail else { return }
        do {
            try append(trail)
            try await trail.sync()
        } catch {
            throw StartFailure(status: ExitStatus.inputOutput, message: "the audit journal cannot be written")
        }
    }

    /// Opens a journal of a command that serves nobody, which whoever asks for it stops; nil without base A's ring.
    static func opened(
        _ options: StoreOptions, fileBytes: Int = AdministrativeAct.largestFileBytes
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
        let actor = try AccessOptions.parse([]).actor(environment, areEmbedded: true)
        let trail = AuditTrail(process: process, actor: actor, keys: vault.audit, stamps: stamps, journal: journal)
        return (trail, journal)
    }
}
