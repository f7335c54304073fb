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
    private static let rowsOfPortion = 4096
    private static let timeBetweenStates = Duration.milliseconds(250)

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
    private let work: Mutex<Work>

    /// What the tasks of the walk share.
    private struct Work: ~Copyable {
        var state: ExtractionState
        var rows: RowSort
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
        act = "features.extract --study \(study)"
        requester = daemon.control.fixedRequester
        var plan = ExtractionPlan(
            study: key, asOf: asOf, isOfNow: command.subject.asOf == nil, purpose: purpose,
            characteristics: table.characteristics, labels: labels, hasCells: smallestCell > 1)
        try Self.permit(plan, daemon.control)
        if output.maxReadUnits != nil, plan.source != .profiles { throw ValidationErrors.pace }
        vault = plan.source == .persons ? daemon.vaults[0] : vaultB
        let digest = Self.digest(of: plan, command, key)
        var state = ExtractionState(digest: digest, asOf: plan.asOf, segments: command.output.segments)
        let rows: RowSort
        if let path = command.output.resume {
            if let former = try Self.state(at: path, digest, vault) { state = former }
            plan.asOf = state.asOf
            rows = try RowSort(path: "\(path).rows", count: state.rowBytes)
        } else {
            rows = try RowSort(in: ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp")
        }
        self.plan = plan
        work = Mutex(Work(state: state, rows: rows, progress: ProgressReport(segments: state.progress.segments)))
    }

    /// Walks, writes, and records what was done. The audit log has the act before anything is read.
    func run() async throws {
        try audit.begin(act, for: plan.purpose, requester: requester)
        try await audit.trail.sync()
        do {
            let start = work.withLock { $0.state.progress }
            try await extraction.run(
                plan, from: start, parallel: Self.parallel, pace: ReadPace(unitsPerSecond: output.maxReadUnits),
                onRetry: { error in
                    self.work.withLock { work in work.progress.tell(work.state, askingAgainAfter: error) }
                }
            ) { portion in try self.work.withLock { work in try self.take(portion, &work) } }
            let written = try work.withLock { work in try write(&work) }
            try audit.trail.journal(act, purpose: plan.purpose, requester: requester, count: written)
        } catch {
            try? audit.trail.journal(act, .failed, purpose: plan.purpose, requester: requester)
            await audit.finish()
            throw error
        }
        await audit.finish()
    }

    private func take(_ portion: ExtractionPortion, _ work: inout Work) throws {
        for row in portion.rows { try work.rows.append(row) }
        work.state.progress.took(portion)
        work.state.tally += portion.tally
        work.state.readUnits += portion.readUnits
        work.progress.tell(work.state)
        guard let path = output.resume, .now - work.writtenAt >= Self.timeBetweenStates else { return }
        try save(&work, to: path)
    }

    private func save(_ work: inout Work, to path: String) throws {
        work.state.rowBytes = try work.rows.checkpoint()
        try work.state.write(to: path, vault: vault)
        work.writtenAt = .now
    }

    /// Writes the sorted rows; returns how many there are.
    private func write(_ work: inout Work) throws -> Int {
        if let path = output.resume { try save(&work, to: path) }
        let small = try smallCells(&work.rows)
        let writer = output.format.writer(of: table.columns)
        let sink = try ExtractionSink(path: output.out)
        var bytes: [UInt8] = []
        var rows = TableRows(table.columns)
        var written = 0
        var leftOut = 0
        writer.begin(&bytes)
        try work.rows.forEach { packed in
            guard let row = FeatureRow(packed) else { throw RowSortError.damaged }
            if let cell = row.cell, small.contains(cell) {
                leftOut += 1
                return
            }
            table.append(row, to: &rows)
            written += 1
            guard rows.count == Self.rowsOfPortion else { return }
            writer.append(rows, to: &bytes)
            rows.removeAll()
            try sink.put(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        writer.append(rows, to: &bytes)
        writer.end(&bytes)
        try sink.put(bytes)
        try sink.finish()
        if let path = output.resume {
            unlink(path)
            unlink("\(path).rows")
        }
        work.progress.finish(work.state, written: written, inSmallCells: leftOut)
        return written
    }

    /// The groups that have fewer rows than `--k`.
    private func smallCells(_ rows: inout RowSort) throws -> Set<FeatureCell> {
        guard smallestCell > 1 else { return [] }
        var counts: [FeatureCell: Int] = [:]
        try rows.forEach { packed in
            guard let row = FeatureRow(packed) else { throw RowSortError.damaged }
            if let cell = row.cell { counts[cell, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value < smallestCell }.keys)
    }
}

extension Extraction {
    private enum ValidationErrors {
        static var pace: StartFailure {
            StartFailure(
                status: .validationFailure,
                message: "--max-read-units paces the walk through base B alone, which --bases b without --labels takes")
        }

        static var purpose: StartFailure {
            StartFailure(
                status: .validationFailure,
                message: "--purpose is needed, and data_subject_request tells one person about themselves")
        }
    }

    /// Refuses who may not develop scorecards, or may not see in plain for the purpose what the rows tell.
    private static func permit(_ plan: ExtractionPlan, _ control: AccessControl) throws {
        let access = Access(method: "features.extract", purpose: plan.purpose, groups: plan.groups)
        let shown = try? control.disclosures(of: access).get()
        guard control.has(.models), shown?.plain == plan.groups else {
            throw StartFailure(
                status: .validationFailure,
                message: "the role \(control.actor.role.rawValue) may not do this for \(plan.purpose.rawValue)")
        }
    }

    private static func state(at path: String, _ digest: [UInt8], _ vault: BaseVault) throws -> ExtractionState? {
        guard let state = try ExtractionState(path: path, vault: vault) else { return nil }
        guard state.digest == digest else {
            throw StartFailure(
                status: ExitStatus.wrongData, message: "\(path) is the state of another extraction; delete it first")
        }
        return state
    }

    /// A digest of what decides about the rows. Only an instant that is asked for belongs to it: otherwise it is that
    /// of the first run.
    private static func digest(
        of plan: ExtractionPlan, _ command: FeaturesCommand.Extract, _ key: StudyKey
    ) -> [UInt8] {
        var text = "\(command.subject.asOf ?? "now") \(plan.purpose.rawValue) \(command.output.segments)"
        text += " \(plan.hasCells) " + plan.characteristics.map(\.rawValue).joined(separator: ",")
        for label in plan.labels ?? [] {
            text += "\n\(label.cpf.number) \(label.asOf?.microsecondsSinceEpoch ?? 0) \(label.isBad)"
        }
        return key.digest(of: Array(text.utf8))
    }
}

/// Where rows are written: a file that is there once it is whole, or stdout.
private struct ExtractionSink: ~Copyable {
    private let file: PrivateFile?

    init(path: String?) throws {
        if let path { file = try PrivateFile(path) } else { file = nil }
    }

    func put(_ bytes: [UInt8]) throws {
        switch file {
        case .some(let file): try file.put(bytes)
        case .none: try FileDescriptor(1).put(bytes)
        }
    }

    func finish() throws {
        switch file {
        case .some(let file): try file.finish()
        case .none: return
        }
    }
}
