import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Logging
import Methods
import Platform
import Repositories
import Services
import Vault

/// `creditd audit`: looks after the audit log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Prove, export and thin out the audit log.",
        discussion: """
            The log is a Merkle tree (RFC 6962) over records of every access. Daemons sign its head (Ed25519) and copy \
            each head to the witness file: keep a copy of that file and of the key that `head` prints where nobody who \
            owns the database can write.
            """,
        subcommands: [Head.self, Export.self, Verify.self, Drop.self])

    /// Which log a command is about, and who asks.
    struct Target: ParsableArguments {
        @OptionGroup var stores: StoreOptions
        @OptionGroup var acting: ActorOptions

        /// Opens the log for a role with the duty, has what is there carried into it, and records the command.
        func withLog(
            _ command: String, _ body: (AuditKeeper) async throws -> Void
        ) async throws {
            try await StartFailure.explained {
                let environment = ProcessInfo.processInfo.environment
                let files = try SchemaFiles(folder: stores.schema.folder)
                let opened = try Stores(stores, files: files, environment: environment)
                let actor = try acting.actor(environment, needsRole: !opened.areEmbedded)
                try await AdministrativeAct.require([.audit], of: actor, for: command, stores)
                let keeper = try await AdministrativeAct.opening(for: command, stores, acting) {
                    let vault = try opened.rings.vault(of: .a)
                    let store = try await opened.openPersons()
                    do {
                        try await vault.verify(store)
                    } catch let error as StoreOpenError where error.isRefusedRing {
                        await AdministrativeAct.noteRefusedRing(of: .a, stores, actor)
                        throw error
                    }
                    return try AuditKeeper(
                        stores, home: opened.home, environment: environment, actor: actor, vault: vault,
                        stamps: .system, repository: store,
                        logger: Logger(label: "creditd") { _ in SwiftLogNoOpLogHandler() })
                }
                try await keeper.recording(command) {
                    try await keeper.log.keepUp()
                    try await body(keeper)
                }
            }
        }
    }

    /// `creditd audit head`
    struct Head: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the log's public key and its signed head.")

        @OptionGroup var target: Target

        func run() async throws {
            try await target.withLog("audit.head") { keeper in
                let head = try await keeper.log.head()
                try FileDescriptor(1).put("\(keeper.log.verifierText)\n\n")
                if let note = head.note { try FileDescriptor(1).put(note) }
            }
        }
    }

    /// `creditd audit export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the whole log to stdout, to be verified without its store.",
            discussion: """
                Each record is one line, byte by byte as it was hashed; other lines are {"key":…}, {"head":…}, \
                {"dropped":…}, {"missing":…}, {"altered":…} and {"stray":…}. No line holds a personal value.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await target.withLog("audit.export") { keeper in
                var file = ExportFile()
                try file.put(key: keeper.log.verifierText)
                try await keeper.log.export { try file.put($0) }
                try file.flush()
            }
        }
    }

    /// `creditd audit drop`
    struct Drop: AsyncParsableCommand {
        /// The consultations of six months can be asked for (Decreto 9.936/2019, art. 10, V, d).
        private static let leastDays: Int64 = 185

        static let configuration = CommandConfiguration(
            abstract: "Delete records from before a day; proofs and verification of the others go on.",
            discussion: """
                Whole segments of 256 records go, and their hashes stay. The day must be 185 days ago or earlier. On \
                PostgreSQL the owner of the tables runs it. Export the log first.
                """)

        @Option(help: ArgumentHelp("The day, such as 2026-01-31: what is older goes.", valueName: "day"))
        var before: String

        @Flag(help: "Tell what would be deleted, and delete nothing.")
        var dryRun = false

        @OptionGroup var target: Target

        func run() async throws {
            guard let day = CalendarDate(before), let instant = Instant("\(day.text)T00:00:00Z") else {
                throw ValidationError("--before is no day.")
            }
            let age = Stamps.system.now().microsecondsSinceEpoch - instant.microsecondsSinceEpoch
            guard age >= Self.leastDays * 86_400_000_000 else {
                throw ValidationError("--before must be \(Self.leastDays) days ago or earlier.")
            }
            try await target.withLog(dryRun ? "audit.drop --dry-run" : "audit.drop") { keeper in
                guard let segment = try await keeper.log.droppableSegment(before: instant) else {
                    return try FileDescriptor(1).put("nothing to delete\n")
                }
                if !dryRun { try await keeper.log.drop(segment) }
                let count = (segment.pastTile - segment.firstTile) * AuditEdge.tileWidth
                try FileDescriptor(1).put("\(dryRun ? "would delete" : "deleted") \(count) records\n")
            }
        }
    }
}
