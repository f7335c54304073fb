import ArgumentParser
import Bureau
import FoundationEssentials
import Platform

/// `creditd keys`: looks after the key rings.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the key rings of the bases.", subcommands: [Init.self])

    /// `creditd keys init`
    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the key rings that are not there yet.",
            discussion: """
                A ring is made once for each base, and every daemon on the same stores needs the same rings. Keep a \
                copy where no store is kept: without its ring, nobody can read or find a base's data. A ring that is \
                there is left as it is. Embedded stores make their rings themselves at the first start.
                """)

        @Option(help: ArgumentHelp("Only this base: a, b or c.", valueName: "base"))
        var only: BaseName?

        @OptionGroup var options: StoreOptions

        func run() async throws {
            try await StartFailure.explained {
                let environment = ProcessInfo.processInfo.environment
                let rings = KeyRings(
                    folder: try options.keyRingFolder(environment), home: try options.homeFolder(environment))
                try rings.makeFolder()
                for base in Base.allCases where only == nil || only?.base == base {
                    let verb = try rings.create(base) ? "made" : "is there already"
                    try FileDescriptor(1).put("\(base.rawValue)  \(rings.path(of: base))  \(verb)\n")
                }
            }
        }
    }
}
