import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Importing
import JSON
import JSONRPC
import Logging
import Platform

/// `creditd import KIND FILE`: many rows of a file become records.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file of persons, debts, payments, profiles or events.",
        discussion: """
            A row is an object with the members of the params of person.create, debt.add (those of the debt beside \
            cpf), debt.recordPayment, profile.put or event.record. In NDJSON it is a line; in CSV a record, where the \
            column address.street is the member street of address, an empty field is absent, and a column of lists \
            (assets) has JSON texts. What the method's schema has as number or boolean becomes one; a CPF stays a text.

              creditd import persons people.csv --map taxpayer=cpf --rejects rejects.ndjson --resume people.state

            --on-conflict says what becomes of a row whose record is there already: fail rejects it, skip leaves it \
            out, update changes the record as person.update, debt.update or profile.put do (a person's debts stay; a \
            debt's row with expectedVersion, which is the person's, is rejected). \
            The same payment or event again is `unchanged`; a payment is always replaced under its paymentId, and an \
            event is never changed. Debts are known again by contractId alone.

            With --resume every row has an idempotency key, kept for eight days: an import that was killed, run \
            again with the same state, goes on where it was and leaves each row exactly once. Delete the state to \
            import the file anew. The file may have grown since, and must else be the same up to where the import \
            was. A last row without a line end that is refused is not counted then: it may be written to its end yet.

            --dry-run checks each row by the method's schema and rules; no record is read, so that what is there already \
            is not found. It is entered in the audit log of the home, or of a temporary one when there is none yet.

            Progress is told on stderr: a bar on a terminal, otherwise a JSON line every ten seconds. A store that is \
            away is asked again for --retry-for. SIGINT and SIGTERM stop the reading, what is in flight is finished. \
            Stdout gets one JSON object that sums up.

            Exit codes:
              0    every row was imported, updated, unchanged or skipped
              1    rows were rejected, or the role may not import them, or --resume left the last row to another run
              64   wrong usage, an unknown column, or a state of another file or of other options
              65   the file cannot be read
              66   the file is not there
              69   a store cannot be used
              74   the summary, the rejects or the state cannot be written
              75   the \(StopSignals.graceSeconds) seconds of grace after a signal passed
              128  plus the number of a signal that stopped the reading
            """)

    @Argument(help: "What a row is: persons, debts, payments, profiles or events.")
    var kind: ImportKind

    @Argument(help: "The file, or - for stdin.")
    var file: String

    @OptionGroup var options: ImportOptions
    @OptionGroup var stores: StoreOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var logging: LogOptions

    func validate() throws {
        _ = try policy
        _ = try options.format(of: file)
        if options.dryRun, options.resume != nil { throw ValidationError("--dry-run writes nothing to go on with.") }
        let names = options.map.map(\.name)
        guard Set(names).count == names.count else { throw ValidationError("--map names a column twice.") }
    }

    /// What becomes of a row whose record is there already.
    var policy: ConflictPolicy {
        get throws {
            let policies = kind.policies
            guard let chosen = options.onConflict else { return policies[0] }
            guard policies.contains(chosen) else {
                let names = policies.map(\.rawValue).joined(separator: " or ")
                throw ValidationError("--on-conflict for \(kind.rawValue) is \(names).")
            }
            return chosen
        }
    }

    func run() async throws {
        let output = StandardDescriptors.moveOutputAside()
        let level = LogLevel(logging)
        let log = level.logger()
        StopSignals.unblock()
        do {
            guard output >= 0 else { throw StartFailure(status: ExitStatus.system, message: "no descriptor left") }
            try level.read()
            try await run(to: output, log: log)
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            FileDescriptor(2).offer("creditd: \(failure.message)\n")
            throw failure.status
        }
    }

    private func run(to output: Int32, log: Logger) async throws {
        let files = try SchemaFiles(folder: stores.schema.folder)
        guard let members = RowMembers(of: kind, file: { path in files.files.first { $0.path == path }?.text }) else {
            throw StartFailure(status: ExitStatus.configuration, message: "schema: no contract of \(kind.method)")
        }
        let maps = try options.maps(members)
        try options.checkFiles(input: file)
        let input = try ImportInput(file, isDigested: options.resume != nil)
        if file == "-" { Self.tellReading(kind) }
        let rows = try ImportSource(input, kind, options.format(of: file), members, maps)
        var limits = Limits()
        limits.maximumLineBytes = RowLimits.maximumRowBytes + RowLimits.envelopeBytes
        let trial = try options.dryRun ? stores.trialHome() : nil
        defer { if let trial { try? FileManager.default.removeItem(atPath: trial) } }
        var stores = stores
        if let trial { stores = stores.within(home: trial) }
        let act = "import \(kind.rawValue)\(options.dryRun ? " --dry-run" : "")"
        let daemon = try await AdministrativeAct.opening(for: act, stores, access.acting) {
            try await Daemon(stores, access: access, limits: limits, log: log)
        }
        let progress = try ImportRecord(self, daemon, rows, maps)
        let run = try ImportRun(self, daemon, rows, progress)
        try daemon.audit.begin(act, .granted)
        try await daemon.audit.recording(act) {
            let ending = try await run.run()
            try FileDescriptor(output).put(ending.summary)
            if let message = ending.message { FileDescriptor(2).offer("creditd: \(message)\n") }
            if let status = ending.status { throw status }
        }
    }

    /// Says at a terminal what the command waits for.
    private static func tellReading(_ kind: ImportKind) {
        guard isatty(0) == 1, isatty(2) == 1 else { return }
        FileDescriptor(2).offer("creditd: reading \(kind.rawValue) from the terminal; Ctrl-D ends them\n")
    }
}

extension ImportKind: ExpressibleByArgument {}
extension ConflictPolicy: ExpressibleByArgument {}
