import ArgumentParser
import Bureau
import FoundationEssentials
import Journal
import Services
import Vault

/// A command that changes keys or schemas, as the audit log has it.
enum AdministrativeAct {
    /// A daemon reads a file of the journal whole.
    private static let fileBytes = 1 << 20

    /// Records an act in the journal, from which the next daemon carries it. Without base A's ring there is no log yet.
    ///
    /// `subject` is the one whom the act is about, by the token in a base.
    static func record(
        _ act: String, _ options: StoreOptions, _ outcome: AuditOutcome = .done, count: Int = 1,
        subject: (base: Base, token: SubjectToken)? = nil
    ) async throws {
        guard let (trail, journal) = try opened(options) else { return }
        do {
            if let subject {
                try trail.journal([Access(method: act, groups: [])], to: [subject.token], in: subject.base, outcome)
            } else {
                try trail.journal(act, outcome, count: count)
            }
            try await trail.sync()
        } catch {
            throw StartFailure(status: ExitStatus.inputOutput, message: "the audit journal cannot be written")
        }
        journal.stop()
    }

    /// Opens a journal of a command that serves nobody, which whoever asks for it stops; nil without base A's ring.
    static func opened(_ options: StoreOptions) throws -> (trail: AuditTrail, journal: AuditJournal)? {
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
