import ArgumentParser
import Glibc

/// The start of the process.
///
/// The main thread only waits, because an async `main` ends in libdispatch's `dispatch_main`, which unblocks every
/// signal: SIGTERM would then kill the process instead of reaching `StopSignals`.
@main
enum EntryPoint {
    static func main() {
        StandardDescriptors.reserve()
        StopSignals.block()
        Task { @concurrent in
            await Creditd.main()
            exit(0)
        }
        while true { pause() }
    }
}

/// The program: `creditd` alone is `creditd serve`.
struct Creditd: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "creditd",
        abstract: "Serves a Brazilian credit bureau's data: JSON-RPC 2.0, requests on stdin, answers on stdout.",
        discussion: """
            Without any option it keeps its data in embedded SQLite files under --home and needs no set-up:

              echo '{"jsonrpc":"2.0","id":1,"method":"system.ping"}' | creditd

            `creditd openrpc` describes every method with its params, results, errors and examples.

            Exit codes:
              0    every request was answered
              1    `call` got an error, or any request did under --fail-on-error
              64   wrong usage
              65   the input ended in the middle of a line
              69   a store or a key ring cannot be used
              71   the system gave no thread or descriptor
              74   stdin failed, or stdout failed or was closed
              75   the \(StopSignals.graceSeconds) seconds of grace after SIGTERM passed with calls unanswered
              78   wrong schema files
              128  plus the number of a second signal
            """,
        version: version,
        subcommands: [
            Serve.self, CallCommand.self, OpenRPC.self, Migrate.self, KeysCommand.self, Doctor.self, TestCommand.self,
            ConformanceCommand.self, SchemaCommand.self, Bowtie.self,
        ],
        defaultSubcommand: Serve.self)
}
