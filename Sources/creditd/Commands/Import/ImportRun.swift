import ArgumentParser
import Glibc
import Importing
import JSON
import JSONRPC
import Platform
import Repositories
import Synchronization
import Tables

/// One run of `creditd import`: a thread that reads rows and sends requests, one that reads answers, and one that tells
/// and keeps how far the import is. The requests are served by a connection inside the process.
final class ImportRun: Sendable {
    private static let timeBetweenLooks = Duration.milliseconds(100)
    /// The rows and bytes that are read before they are sent.
    private static let rowsOfBatch = 256
    private static let bytesOfBatch = 128 << 10

    private let kind: ImportKind
    private let policy: ConflictPolicy
    private let builder: ImportRequest
    private let maximumRejects: Int?
    private let mayGoOn: Bool
    private let retryFor: Duration
    private let daemon: Daemon
    private let record: ImportRecord
    private let source: Mutex<ImportSource>
    private let interruption: WakePipe
    private let size: Int?
    private let areRowsTyped: Bool
    private let shared: Monitor<ImportShared>
    private let over: WakePipe
    private let start = ContinuousClock.now

    init(
        _ command: ImportCommand, _ daemon: Daemon, _ source: consuming sending ImportSource, _ record: ImportRecord
    ) throws {
        guard let over = WakePipe() else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        kind = command.kind
        policy = try command.policy
        mayGoOn = command.options.resume != nil
        builder = ImportRequest(
            command.kind, policy, importID: record.start.importID, isDryRun: command.options.dryRun, mayGoOn: mayGoOn)
        maximumRejects = command.options.maxRejects
        retryFor = .milliseconds(command.options.retryFor.milliseconds)
        self.daemon = daemon
        self.record = record
        interruption = source.input.interruption
        size = source.input.size
        areRowsTyped = command.file == "-" && isatty(0) == 1
        self.source = Mutex(source)
        self.over = over
        shared = Monitor(
            ImportShared(
                ImportLedger(from: record.start.place, tally: record.start.tally, keepsRejects: record.writesRejects),
                maximumRejects: maximumRejects))
    }

    /// Imports to the end of the file, or until something stops it.
    func run() async throws -> ImportEnding {
        let pipes = try ImportPipes()
        let connection = try Connection(
            input: pipes.requests.read, output: pipes.answers.write, methods: daemon.methods, limits: daemon.limits)
        StopSignals.now(
            .stops(
                { [weak self] in self?.stop(.signal($0)) },
                reload: { [daemon] in
                    for store in daemon.stores { store.reloadCredentials() }
                    daemon.ringGuard.lookAgain()
                }))
        // The stores close with the connection, which the signals must not hold.
        defer { StopSignals.now(.stops({ _ in }, reload: {})) }
        async let fed: Void = onThread { [self] in
            feed(FileDescriptor(pipes.requests.write))
        } finally: {
            close(pipes.requests.write)
        }
        async let answered: Void = onThread { [self] in
            read(FileDescriptor(pipes.answers.read))
        } finally: {
            close(pipes.answers.read)
        }
        async let told: Void = onThread { [self] in
            tell()
        } finally: {
        }
        do throws(Connection.StartError) {
            _ = try await connection.serve()
        } catch {
            stop(.failed(.noThreadOrDescriptor))
        }
        close(pipes.requests.read)
        close(pipes.answers.write)
        _ = await (fed, answered)
        over.wake()
        await told
        return ending()
    }

    private func onThread(_ body: @escaping @Sendable () -> Void, finally end: @escaping @Sendable () -> Void) async {
        if await OSThread.run(body) == nil { stop(.failed(.noThread)) }
        end()
    }

    /// Stops the reading; the first reason counts.
    private func stop(_ reason: ImportStop) {
        shared.update { $0.stop = $0.stop ?? reason }
        interruption.wake()
    }

    // MARK: Requests

    /// Reads rows and sends their requests, until the file ends and every row has its end.
    private func feed(_ pipe: FileDescriptor) {
        source.withLock { source in
            let batch = ImportBatch()
            source.input.onRead = { [self] in _ = send(batch, pipe) }
            while true {
                let isOpen: Bool
                switch nextStep() {
                case .finish: return
                case .wait: continue
                case .resend(let bytes): isOpen = pipe.writeAll(bytes)
                case .read(let room, let number):
                    batch.next = number
                    isOpen = fill(batch, source.rows, source.input, room) && send(batch, pipe)
                }
                if !isOpen { return }
            }
        }
    }

    /// Reads rows into a batch; false when the file cannot be read any further.
    private func fill(_ batch: ImportBatch, _ rows: any ImportRows, _ input: ImportInput, _ room: Int) -> Bool {
        do throws(CSVError) {
            for _ in 0..<min(room, Self.rowsOfBatch) where batch.bytes.count < Self.bytesOfBatch {
                batch.params.removeAll()
                guard let finding = try rows.next(into: &batch.params) else {
                    batch.isLast = true
                    break
                }
                batch.add(
                    finding, of: rows, digest: mayGoOn ? input.digest(upTo: rows.position) : 0,
                    mayGrow: mayGoOn && rows.lacksLineEnd, by: builder)
            }
            return true
        } catch {
            if case .unreadable(ECANCELED) = error { return false }
            let isWide = if case .unreadable(EILSEQ) = error { true } else { false }
            let flaw = isWide ? "it must be UTF-8, and seems to be UTF-16" : "\(error)"
            stop(.failed(StartFailure(status: ExitStatus.wrongData, message: "the file: \(flaw)")))
            return false
        }
    }

    /// Enters the rows of a batch, and then sends their requests; false when nobody takes them.
    private func send(_ batch: ImportBatch, _ pipe: FileDescriptor) -> Bool {
        shared.change { state in
            for row in batch.rows {
                switch row.content {
                case .request(let bytes):
                    state.ledger.add(line: row.line, end: row.end, request: bytes, mayGrow: row.mayGrow)
                case .refused(let refusal):
                    state.ledger.add(line: row.line, end: row.end, refused: refusal, mayGrow: row.mayGrow)
                }
            }
            if batch.isLast { state.hasEnded = true }
            return ((), false)
        }
        defer { batch.removeAll() }
        checkRejects()
        return batch.bytes.isEmpty || pipe.writeAll(batch.bytes)
    }

    private func nextStep() -> ImportStep {
        shared.wait(until: .now + Self.timeBetweenLooks) { $0.nextStep(at: .now) } ?? .wait
    }

    private func checkRejects() {
        guard let maximumRejects else { return }
        let rejected = shared.withLock { $0.ledger.tally.rejected }
        if rejected > maximumRejects { stop(.maximumRejects) }
    }

    // MARK: Answers

    private func read(_ pipe: FileDescriptor) {
        var reader = AnswerReader(pipe)
        while let answers = reader.next() {
            settle(answers)
            checkRejects()
        }
        shared.update { state in
            if !state.ledger.isEmpty || !state.hasEnded {
                state.stop =
                    state.stop ?? .failed(StartFailure(status: ExitStatus.system, message: "the import broke off"))
            }
        }
    }

    private func settle(_ answers: [ImportAnswer]) {
        let stopped = shared.change { state -> (result: ImportStop?, wakes: Bool) in
            let before = state.stop
            for answer in answers { state.settle(answer, builder, retryFor) }
            return (before == nil ? state.stop : nil, true)
        }
        if stopped != nil { interruption.wake() }
    }

    // MARK: Progress

    /// Writes rejects, state and progress from time to time.
    private func tell() {
        var report = ImportReport(areRowsTyped: areRowsTyped)
        while !FileDescriptor(over.readEnd).wait(for: POLLIN, until: .now + Self.timeBetweenLooks) {
            do {
                try keep()
            } catch {
                stop(.failed(StartFailure(error) ?? .noThread))
            }
            report.tell(progress())
        }
        report.finish()
    }

    /// What was written of the rejects and the state.
    private struct Kept {
        var rejectBytes = 0
        var place: ImportLedger.Place?
        /// Whether rejects are missing, so that no state may count them.
        var isBroken = false
    }

    private let kept = Mutex(Kept())

    /// Writes the rejects and the state, as they are at one moment.
    private func keep() throws {
        try kept.withLock { kept in
            guard !kept.isBroken else { return }
            let (rejects, place, tally) = shared.withLock { state in
                (state.ledger.takeRejects(), state.ledger.place, state.ledger.tally)
            }
            guard place != kept.place else { return }
            kept.isBroken = true
            try record.put(rejects)
            kept.rejectBytes += rejects.count
            var state = record.start
            state.place = place
            state.tally = tally
            state.rejectBytes = state.rejectBytes.map { $0 + kept.rejectBytes }
            try record.save(state)
            kept.place = place
            kept.isBroken = false
        }
    }

    private func progress() -> ImportProgress {
        let (tally, place, retry) = shared.withLock { ($0.ledger.tally, $0.ledger.place, $0.retry) }
        return ImportProgress(
            rows: tally.rows, rejected: tally.rejected, formerRows: record.start.tally.rows,
            formerBytes: record.start.place.offset, bytes: place.offset, size: size, elapsed: .now - start, retry: retry
        )
    }

    private func ending() -> ImportEnding {
        do {
            try keep()
        } catch {
            stop(.failed(StartFailure(error) ?? .noThread))
        }
        let (tally, stop, pending, leavesLastRow) = shared.withLock {
            ($0.ledger.tally, $0.stop, $0.ledger.openCount, $0.ledger.leavesLastRow)
        }
        return ImportEnding(
            kind: kind, isDryRun: builder.isDryRun, tally: tally, formerRows: record.start.tally.rows, pending: pending,
            retries: shared.withLock { $0.retries }, elapsed: .now - start, leavesLastRow: leavesLastRow, stop: stop)
    }
}
