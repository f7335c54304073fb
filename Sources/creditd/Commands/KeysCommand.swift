import ArgumentParser
import Bureau
import FoundationEssentials
import Platform
import Repositories
import Services
import Vault

/// `creditd keys`: looks after the key rings.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the key rings of the bases.",
        discussion: """
            A ring has numbered wrapping keys, of which the highest wraps the data keys of new subjects. To change \
            them: `rotate`, then `rewrap`, then `retire` the former number, all while daemons serve. They look at \
            their rings once a second, at SIGHUP, and when they meet a number that they do not know. A copy of the \
            ring from before the rotation opens nothing any more. `reseal` changes the data keys themselves, and \
            `tokens` the keys that make subjects' tokens.
            """,
        subcommands: [
            Init.self, List.self, Rotate.self, Rewrap.self, Reseal.self, Retire.self, Tokens.self, Verify.self,
        ])

    /// Which bases' rings a command is about.
    struct Target: ParsableArguments {
        @Option(help: ArgumentHelp("Only this base: a, b or c.", valueName: "base"))
        var only: BaseName?

        @OptionGroup var options: StoreOptions
        @OptionGroup var acting: ActorOptions

        var bases: [Base] { Base.allCases.filter { only == nil || only?.base == $0 } }

        /// Runs a command, tells why it failed, and records how it ended.
        func recorded(
            _ act: String, _ kind: AdministrativeAct.Kind, _ command: (AdministrativeAct) async throws -> Void
        ) async throws {
            try await StartFailure.explained {
                try await AdministrativeAct.recorded(act, kind, options, acting, command)
            }
        }

        /// Opens the stores of bases, whose rings are theirs, one after the other. A store that is not made yet is
        /// passed over.
        func forEachStore(
            of bases: [Base]? = nil, _ body: (Base, BaseVault, any Store) async throws -> Void
        ) async throws {
            let environment = ProcessInfo.processInfo.environment
            let stores = try Stores(
                options, files: try SchemaFiles(folder: options.schema.folder), environment: environment)
            for base in bases ?? self.bases where !stores.isNew(base) {
                let vault = try stores.rings.vault(of: base)
                let store = try await stores.open(base)
                try await vault.verify(store)
                try await body(base, vault, store)
            }
        }

        func rings() throws -> KeyRings {
            let environment = ProcessInfo.processInfo.environment
            return KeyRings(
                folder: try options.keyRingFolder(environment), home: try options.homeFolder(environment),
                providers: try options.keyProviders(environment))
        }

        /// Opens the stores with data keys, whose rings are theirs, one after the other: of some bases, or of all that
        /// the command is about.
        func forEachWalk(
            of bases: [Base]? = nil, evenOldCopies: Bool = false,
            _ body: (Base, BaseVault, DataKeyWalk) async throws -> Void
        ) async throws {
            let environment = ProcessInfo.processInfo.environment
            let stores = try Stores(
                options, files: try SchemaFiles(folder: options.schema.folder), environment: environment)
            for base in bases ?? self.bases {
                let vault = try stores.rings.vault(of: base)
                switch base {
                case .a:
                    let store = try await stores.openPersons()
                    try await vault.verify(store, evenOldCopy: evenOldCopies)
                    try await body(base, vault, DataKeyWalk(vault: vault, repository: store))
                case .b:
                    let store = try await stores.openProfiles()
                    try await vault.verify(store, evenOldCopy: evenOldCopies)
                    try await body(base, vault, DataKeyWalk(vault: vault, repository: store))
                // Base C seals nothing: its ring makes tokens.
                case .c: continue
                }
            }
        }
    }

    /// `creditd keys init`
    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the key rings that are not there yet.",
            discussion: """
                A ring is made once for each base, and every daemon on the same stores needs the same rings. Keep a \
                copy where no store is kept: without its ring, nobody can read or find a base's data. A ring that is \
                there is left as it is. Embedded stores make their rings themselves at the first start.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            try await StartFailure.explained {
                let rings = try target.rings()
                let kind: AdministrativeAct.Kind =
                    target.bases.allSatisfy(rings.isThere) ? .findsNothingToDo : .changes
                try await AdministrativeAct.recorded("keys.init", kind, target.options, target.acting) { _ in
                    try make(rings)
                }
            }
        }

        private func make(_ rings: KeyRings) throws {
            try rings.makeFolder()
            for base in target.bases {
                let verb = try rings.create(base) ? "made" : "is there already"
                try FileDescriptor(1).put("\(base.rawValue)  \(rings.path(of: base))  \(verb)\n")
            }
        }
    }
}
