import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import JSON
import Platform
import Repositories
import Services
import Synchronization
import Tables
import Vault

/// One run of `creditd features extract`: a walk whose rows are sorted by their identifiers, and then written.
final class Extraction: Sendable {
    /// What is read at a time: pages of several segments.
    private static let parallel = 4
    private static let timeBetweenStates = Duration.milliseconds(250)
    private static var temporaryFolder: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

    private let extraction: FeatureExtraction
    private let audit: AuditKeeper
    private let plan: ExtractionPlan
    private let table: FeatureTable
    private let output: ExtractionOutputOptions
    private let smallestCell: Int
    /// The act in the audit log.
    private let act: String
    private let requester: String?
    /// Seals the places at which segments go on: a vault of the base that is walked.
    private let vault: BaseVault
    /// Whether an earlier process has walked a part, of whom some may be gone.
    private let isResumed: Bool
    private let work: Mutex<Work>
    private let isEndRecorded = Atomic(false)

    /// What the tasks of the walk share.
    private struct Work: ~Copyable {
        var state: ExtractionState
        /// Nil once they are being written.
        var rows: RowSort?
        var progress: ProgressReport
        var writtenAt = ContinuousClock.now
    }

    init(_ command: FeaturesCommand.Extract, _ daemon: Daemon, _ table: FeatureTable) throws {
        let now = Stamps.system.now()
        let study = command.subject.study ?? ""
        let vaultB = daemon.vaults[1]
        let key = try StudyKey(of: study, in: vaultB)
        let asOf = try command.subject.instant(now: now)
        let labels = try command.subject.labels.map { try LabelFile.read($0, asOf: asOf, now: now) }
        guard let purpose = daemon.control.fixedPurpose, purpose != .dataSubjectRequest else {
            throw ValidationErrors.purpose
        }
        output = command.output
        self.table = table
        smallestCell = command.subject.cell ?? 0
        extraction = daemon.extraction
        audit = daemon.audit
        act = Self.act(ofStudy: study)
        requester = daemon.control.fixedRequester
        var plan = ExtractionPlan(
            study: key, asOf: asOf, isOfNow: command.subject.asOf == nil, purpose: purpose,
            requester: daemon.control.fixedRequester, characteristics: table.characteristics, labels: labels,
            hasCells: smallestCell > 1)
        do {
            try Self.permit(plan, daemon.control)
        } catch {
            try? audit.trail.journal(act, .denied, purpose: purpose, requester: requester)
            throw error
        }
        let vault = plan.source == .persons ? daemon.vaults[0] : vaultB
        self.vault = vault
        let digest = Self.digest(of: plan, command, key)
        var state = ExtractionState(digest: digest, asOf: plan.asOf, segments: command.output.walkedSegments)
        let rows: RowSort
        var isResumed = false
        if let path = command.output.resume {
            // The lock comes before the state, which another process may still be writing.
            rows = try Self.rows(beside: path) { rows in
                if let former = try Self.state(at: path, digest, vault) {
                    state = former
                    isResumed = true
                }
                try rows.resume(at: state.rowBytes)
            }
            plan.asOf = state.asOf
        } else {
            rows = try RowSort(in: Self.temporaryFolder)
        }
        self.plan = plan
        self.isResumed = isResumed
        work = Mutex(Work(state: state, rows: rows, progress: ProgressReport(segments: state.progress.segments)))
    }

    /// The act as the audit log has it.
    static func act(ofStudy study: String) -> String { "features.extract --study \(study)" }

    /// Walks and writes. The audit log has the act before anything is read, and at its end how many rows were written,
    /// or how many were made when it failed or a signal ended it.
    func run() async throws {
        try audit.begin(act, .granted, for: plan.purpose, requester: requester)
        try await audit.trail.sync()
        StopSignals.now(.endsAfter { self.recordFailure() })
        do {
            let start = work.withLock { $0.state.progress }
            try await walk(plan, from: start) { portion in
                try self.work.withLock { work in try self.take(portion, &work) }
            }
            var present: RowSort?
            if isResumed { present = try await presentSubjects() }
            let written = try await write(present: present)
            try recordEnd(.done, count: written)
        } catch {
            recordFailure()
            await audit.finish()
            throw error
        }
        await audit.finish()
    }

    private func recordFailure() {
        try? recordEnd(.failed, count: work.withLock { $0.state.tally.rows })
    }

    /// Records the end of the act, which has one, although a signal may come meanwhile.
    private func recordEnd(_ outcome: AuditOutcome, count: Int) throws {
        guard !isEndRecorded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        try audit.trail.journal(act, outcome, purpose: plan.purpose, requester: requester, count: count)
    }

    private func walk(
        _ plan: ExtractionPlan, from progress: ExtractionProgress,
        _ deliver: @escaping @Sendable (ExtractionPortion) throws -> Void
    ) async throws {
        try await extraction.run(
            plan, from: progress, parallel: Self.parallel, pace: ReadPace(unitsPerSecond: output.maxReadUnits),
            onRetry: { error in
                self.work.withLock { work in work.progress.tell(work.state, askingAgainAfter: error) }
            }, deliver: deliver)
    }

    /// Walks once more, for the names alone: who was deleted, erased or blocked since an earlier process has met them
    /// is not among them.
    private func presentSubjects() async throws -> RowSort {
        var plan = plan
        plan.isOfPresence = true
        let present = Mutex<RowSort?>(try RowSort(in: Self.temporaryFolder))
        try await walk(plan, from: ExtractionProgress(segments: output.walkedSegments)) { portion in
            try present.withLock { present in
                for row in portion.rows { try present?.append(row) }
            }
            self.work.withLock { work in
                work.state.readUnits += portion.readUnits
                work.progress.tell(work.state)
            }
        }
        var taken = present.withLock { $0.take() }
        guard let names = taken.take() else { throw RowSortError.damaged }
        return names
    }

    private func take(_ portion: ExtractionPortion, _ work: inout Work) throws {
        for row in portion.rows { try work.rows?.append(row) }
        work.state.progress.took(portion)
        work.state.tally += portion.tally
        work.state.readUnits += portion.readUnits
        work.progress.tell(work.state)
        guard let path = output.resume, .now - work.writtenAt >= Self.timeBetweenStates else { return }
        try save(&work, to: path)
    }

    private func save(_ work: inout Work, to path: String) throws {
        work.state.rowBytes = try work.rows?.checkpoint() ?? 0
        try work.state.write(to: path, vault: vault)
        work.writtenAt = .now
    }

    /// Writes the sorted rows, those of `present` subjects where that is known; returns how many there are.
    private func write(present: consuming RowSort?) async throws -> Int {
        var taken = try work.withLock { work in
            if let path = output.resume { try save(&work, to: path) }
            return work.rows.take()
        }
        guard let all = taken.take() else { throw RowSortError.damaged }
        var rows = ExtractedRows(all, of: plan.characteristics, present: present)
        let sink = try ExtractionSink(path: output.out)
        let writer = ExtractionWriter(table: table, format: output.format)
        let counts: ExtractionWriter.Counts
        do {
            counts = try await writer.write(&rows, smallestCell: smallestCell) { try sink.put($0) }
        } catch let error as RowSortError where error == .damaged {
            throw Self.damage(beside: output.resume)
        }
        let expected = work.withLock { $0.state.tally.rows }
        guard counts.written + counts.inSmallCells + counts.removed == expected else {
            throw Self.damage(beside: output.resume)
        }
        try sink.finish()
        if let path = output.resume {
            unlink(path)
            unlink("\(path).rows")
        }
        // The lock is held until both are gone.
        _ = consume rows
        work.withLock { $0.progress.finish($0.state, counts) }
        return counts.written
    }
}
