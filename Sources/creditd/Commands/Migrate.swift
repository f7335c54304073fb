import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Platform
import Repositories

/// `creditd migrate`: looks after the schemas of the stores.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the schemas of the stores up or down.",
        discussion: """
            Name the stores as for `serve`, with a role that may change the schema. Each step is all or nothing, and \
            its checksum is kept: a step that was applied may not change any more. Redis has no schema.

            A step waits for a lock for some seconds at a time, is then undone, and tried again for a minute. Ctrl-C \
            has the server undo the step that is under way.
            """,
        subcommands: [Status.self, Up.self, Down.self, Grant.self, New.self], defaultSubcommand: Status.self)

    /// Which stores a command is about.
    struct Target: ParsableArguments {
        @OptionGroup var stores: StoreOptions
        @OptionGroup var acting: ActorOptions

        @Option(help: ArgumentHelp("Only this base: a, b or c.", valueName: "base"))
        var only: BaseName?

        /// Has each migrator do its work, and records the act.
        func migrate(
            _ act: String, _ kind: AdministrativeAct.Kind,
            _ work: @escaping @Sendable (Base, any Migrator) throws -> Void
        ) async throws {
            try await recorded(act, kind) { try await migrate(work) }
        }

        /// Runs a command, tells why it failed, and records how it ended.
        func recorded(
            _ act: String, _ kind: AdministrativeAct.Kind, _ command: () async throws -> Void
        ) async throws {
            try await StartFailure.explained {
                try await AdministrativeAct.recorded(act, kind, stores, acting) { _ in try await command() }
            }
        }

        /// Has each migrator do its blocking work on a thread of its own, and undo it at a signal.
        func migrate(_ work: @escaping @Sendable (Base, any Migrator) throws -> Void) async throws {
            let migrators = try migrators()
            // On a server, work would go on without the process that has asked for it.
            let stop: @Sendable (Int32) -> Void = { number in
                let haveBegun = migrators.map { $0.migrator.cancel() }
                if !haveBegun.contains(true) { ProcessGroups.exitAtOnce(128 + number) }
            }
            StopSignals.now(.stops(stop, reload: nil))
            let result = await OSThread.run {
                Result { for (base, migrator) in migrators { try work(base, migrator) } }
            }
            guard let result else {
                throw StartFailure(status: ExitStatus.system, message: "the system gives no thread")
            }
            try result.get()
        }

        /// The bases with a schema, and their migrators.
        private func migrators() throws -> [(base: Base, migrator: any Migrator)] {
            let environment = ProcessInfo.processInfo.environment
            let opened = try Stores(
                stores, files: try SchemaFiles(folder: stores.schema.folder), environment: environment)
            try opened.prepareHome()
            return try Base.allCases.filter { only == nil || only?.base == $0 }.compactMap { base in
                try opened.migrator(of: base).map { (base, $0) }
            }
        }
    }

    /// `creditd migrate up [N]`
    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Apply the next N steps of each base, or all.")

        @Argument(help: "How many steps of each base.")
        var count: Int?

        @Flag(help: "Tell what would be applied, and change nothing.")
        var dryRun = false

        @OptionGroup var target: Target

        func validate() throws {
            if let count, count < 1 { throw ValidationError("The number of steps must be at least 1.") }
        }

        func run() async throws {
            let act = dryRun ? "migrate.up --dry-run" : "migrate.up"
            try await target.migrate(act, dryRun ? .tells : .changes) { [count, dryRun] base, migrator in
                if dryRun {
                    let pending = try migrator.status().filter { $0.appliedAt == nil }.prefix(count ?? .max)
                    for step in pending { try MigrationReport.write("would apply", step.name, of: base) }
                } else {
                    try MigrationReport.showing("applied", of: base) { try migrator.up(count, progress: $0) }
                }
            }
        }
    }

    /// `creditd migrate down N`
    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Undo the last N steps of one base.",
            discussion: """
                A step whose data the schema before it cannot hold is refused, and says what would be lost. A dry run \
                names the steps without looking at the data: only the run itself tells whether a step is refused.
                """)

        @Argument(help: "How many steps.")
        var count: Int

        @Flag(help: "Name the steps that would be taken back, if their data allow it, and change nothing.")
        var dryRun = false

        @OptionGroup var target: Target

        func validate() throws {
            if count < 1 { throw ValidationError("The number of steps must be at least 1.") }
            if target.only == nil { throw ValidationError("Say which base with --only.") }
        }

        func run() async throws {
            let act = dryRun ? "migrate.down --dry-run" : "migrate.down"
            try await target.migrate(act, dryRun ? .tells : .changes) { [count, dryRun] base, migrator in
                if dryRun {
                    let applied = try migrator.status().filter { $0.appliedAt != nil }.suffix(count).reversed()
                    for step in applied { try MigrationReport.write("would take back", step.name, of: base) }
                } else {
                    try MigrationReport.showing("took back", of: base) { try migrator.down(count, progress: $0) }
                }
            }
        }
    }

    /// `creditd migrate grant`
    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the daemon's role in PostgreSQL its rights back, and no others.",
            discussion: """
                The role is `creditd`, of which the role that the daemon logs in with is a member. To be run by the \
                owner of schema and tables, as often as one likes.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await target.migrate("migrate.grant", .changes) { base, migrator in
                if try migrator.grant() { try MigrationReport.write("granted", "the rights of creditd", of: base) }
            }
        }
    }

    /// `creditd migrate new NAME`
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin the files of a new step, with the next number, in a schema folder.")

        @Argument(help: "What the step does, in snake_case.")
        var name: String

        @Option(help: ArgumentHelp("The folder: postgres, sqlite/a, sqlite/b or sqlite/c.", valueName: "folder"))
        var of: String

        @Option(help: ArgumentHelp("The schema folder of the project.", valueName: "folder"))
        var schema = "schema"

        func run() async throws {
            try await StartFailure.explained {
                for path in try MigrationFiles(folder: "\(schema)/\(of)").begin(name) {
                    try FileDescriptor(1).put("\(path)\n")
                }
            }
        }
    }
}

/// A base as it is named on the command line.
enum BaseName: String, ExpressibleByArgument, CaseIterable {
    case a
    case b
    case c

    var base: Base {
        switch self {
        case .a: .a
        case .b: .b
        case .c: .c
        }
    }
}

/// The output of `creditd migrate`.
enum MigrationReport {
    /// One line of `status`, on stdout.
    static func write(_ state: MigrationState, of base: Base) throws {
        let applied = state.appliedAt.map { "applied \($0)" } ?? "pending"
        let flaw =
            state.hasDrifted
            ? ", DRIFTED: its file has changed" : state.isKnown ? "" : ", UNKNOWN to this program"
        try line("\(base.rawValue)  \(state.name)  \(applied)\(flaw)")
    }

    static func write(_ verb: String, _ step: String, of base: Base) throws {
        try line("\(base.rawValue)  \(verb) \(step)")
    }

    /// Runs a migrator's work and shows each step's progress: its beginning on a terminal alone, its end always. Output
    /// that fails is an error at the end, because a step that has begun must not be left half-way.
    static func showing(
        _ verb: String, of base: Base, _ work: ((MigrationProgress) -> Void) throws -> Void
    ) throws {
        var failure: (any Error)?
        try work { progress in
            do { try show(progress, of: base, verb: verb) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func show(_ progress: MigrationProgress, of base: Base, verb: String) throws {
        switch progress {
        case .begins(let step): if isatty(1) == 1 { try line("\(base.rawValue)  \(step) …") }
        case .ended(let step): try write(verb, step, of: base)
        case .waitsForLock:
            let text = "base \(base.rawValue): another session holds a lock; tried again until it is free\n"
            try? FileDescriptor(2).put("creditd: \(text)")
        }
    }

    private static func line(_ text: String) throws {
        try FileDescriptor(1).put("\(text)\n")
    }
}

/// The files of a schema's steps, in a project's folder.
struct MigrationFiles {
    let folder: String

    /// Creates the two files of a step with the next number, and returns their paths.
    func begin(_ name: String) throws -> [String] {
        guard !name.isEmpty, name.utf8.allSatisfy({ Self.isNameByte($0) }) else {
            throw ValidationError("A step's name is of lower-case letters, digits and _.")
        }
        let manager = FileManager.default
        guard let files = try? manager.contentsOfDirectory(atPath: folder) else {
            throw ValidationError("There is no folder \(folder).")
        }
        let last = files.compactMap { Int($0.prefix(4)) }.max() ?? 0
        let number = String(repeating: "0", count: max(0, 4 - "\(last + 1)".count)) + "\(last + 1)"
        return try ["up", "down"].map { direction in
            let path = "\(folder)/\(number)_\(name).\(direction).sql"
            let text = direction == "up" ? "-- What this step does, and why.\n" : "-- Takes \(number)_\(name) back.\n"
            try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
            return path
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
