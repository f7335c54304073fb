import Bureau
import FoundationEssentials
import Glibc
import Journal
import Logging
import Platform
import Repositories
import Services
import Synchronization
import Vault

/// What looks after the audit log beside the requests: it carries the journal into base A, and lets the tree grow.
final class AuditKeeper: Sendable {
    /// How often it looks. Daemons that serve the same bases take turns by chance.
    private static let interval = Duration.milliseconds(800)
    /// How long the end of a process may wait for base A.
    static let endSeconds = 5

    let log: AuditLog
    let trail: AuditTrail
    let witness: WitnessFile
    let journal: AuditJournal
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Opens the journal of this process. Makes its folder, for its owner alone.
    init(
        _ options: StoreOptions, home: String, environment: [String: String], actor: Actor, vault: BaseVault,
        stamps: Stamps, repository: any AuditRepository, logger: Logger
    ) throws {
        let folder = try options.journalFolder(environment, home: home)
        try KeyRings.makeFolder(folder)
        let process = stamps.recordID(at: stamps.now())
        guard let journal = AuditJournal(folder: folder, process: process, keys: vault.audit) else {
            throw StartFailure.noThread
        }
        self.journal = journal
        let told = ToldNotices()
        let trail = AuditTrail(process: process, actor: actor, keys: vault.audit, stamps: stamps, journal: journal)
        self.trail = trail
        let witness = WitnessFile(path: try options.witnessFile(environment, home: home))
        self.witness = witness
        for (path, flaw) in witness.flaws {
            logger.notice(
                "the witness file \(flaw.sentence); it stays as it is, and heads go to another file",
                metadata: ["file": "\(path)", "heads": "\(witness.headsPath ?? "none that can be used")"])
        }
        log = AuditLog(
            repository: repository, keys: vault.audit, journal: journal,
            witness: witness,
            tell: { notice in
                // What stays wrong is told once, and what two rounds find at once.
                let isNew = told.add(notice)
                if isNew { Self.tell(notice, logger) }
                switch notice {
                case .brokenJournal(_, let count): Self.record("audit.journalBroken", count: count, trail)
                case .missingJournal: if isNew { Self.record("audit.journalMissing", count: 1, trail) }
                case .forgedRecords, .tamperedTree: break
                }
            })
    }

    /// Records the start of a command, and begins to look after the log. The start alone is `done`; a command whose end
    /// is recorded, too, is `granted`.
    func begin(
        _ command: String, _ outcome: AuditOutcome = .done, for purpose: Purpose? = nil, requester: String? = nil
    ) throws {
        do {
            try trail.journal(command, outcome, purpose: purpose, requester: requester)
        } catch {
            // The journal's file may be fine, and the descriptor for it missing.
            let spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard spare >= 0 else { throw StartFailure.noThreadOrDescriptor }
            close(spare)
            throw StartFailure(
                status: ExitStatus.inputOutput, message: "the audit journal cannot be written; name another folder")
        }
        task.withLock { task in
            task = Task { [weak self] in
                while !Task.isCancelled {
                    try? await self?.log.keepUp()
                    try? await Task.sleep(for: Self.interval)
                }
            }
        }
    }

    /// Runs what a command does, records how it ended, `failed` when it throws, and ends.
    func recording(_ command: String, _ work: () async throws -> Void) async throws {
        do {
            try await work()
            try trail.journal(command)
        } catch {
            try? trail.journal(command, .failed)
            await finish()
            throw error
        }
        await finish()
    }

    /// Ends, after it has carried what there is, unless base A is too slow for that.
    func finish(within time: Duration = .seconds(AuditKeeper.endSeconds)) async {
        task.withLock { $0 }?.cancel()
        // No task group, which would wait for a base that is locked. What is not carried stays in the journal.
        let (over, continuation) = AsyncStream.makeStream(of: Void.self)
        let carrying = Task { [log] in
            try? await log.keepUp()
            continuation.finish()
        }
        let alarm = Task {
            try? await Task.sleep(for: time)
            continuation.finish()
        }
        for await _ in over {}
        carrying.cancel()
        alarm.cancel()
        journal.stop()
    }

    /// Records what was found. The first try may be refused for a flush that has failed before, as one access is.
    private static func record(_ act: String, count: Int, _ trail: AuditTrail) {
        for _ in 0..<2 where (try? trail.journal(act, .failed, count: count)) != nil { return }
    }

    private static func tell(_ notice: AuditNotice, _ logger: Logger) {
        switch notice {
        case .brokenJournal(let file, let count):
            logger.error(
                "a file of the audit journal was altered; it was set aside",
                metadata: ["file": "\(file)", "linesBefore": "\(count)"])
        case .missingJournal(let file):
            logger.error(
                "a file of the audit journal was removed before base A had its records", metadata: ["file": "\(file)"])
        case .forgedRecords(let count):
            logger.error(
                "the audit log has records that no process with base A's ring wrote", metadata: ["count": "\(count)"])
        case .tamperedTree(let size):
            logger.error(
                "the audit log does not fit its signed head, and does not grow any more",
                metadata: ["leaves": "\(size)", "remedy": "creditd audit verify tells what is wrong"])
        }
    }
}

/// The notices that were told.
private final class ToldNotices: Sendable {
    private let notices = Mutex<Set<AuditNotice>>([])

    /// Whether a notice is new.
    func add(_ notice: AuditNotice) -> Bool { notices.withLock { $0.insert(notice).inserted } }
}
