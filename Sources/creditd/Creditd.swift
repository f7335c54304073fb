import ArgumentParser
import CLinux
import Glibc
import Platform

/// The start of the process.
///
/// The main thread only waits for signals. Swift's tasks begin on another thread, because their pool waits for its
/// first thread where it is asked. An async `main` would end in libdispatch's `dispatch_main`, which unblocks every
/// signal.
@main
enum EntryPoint {
    static func main() {
        // Memory holds requests, answers and keys: no core has it, and no other process of the same user. Swift reports
        // the crash of a debug build by such a process.
        #if !DEBUG
            _ = creditd_set_dumpable(0)
        #endif
        keepFreedMemory()
        StandardDescriptors.reserve()
        let signals = StopSignals.block()
        let hasStarted = OSThread.start {
            Task { @concurrent in
                let status = await CommandLineRun().status()
                ProcessGroups.ofThisProcess.endAll()
                // Stores' threads still run, and the libraries' own handlers of `exit` would free what they use.
                fflush(nil)
                _exit(status)
            }
        }
        guard hasStarted else {
            FileDescriptor(2).offer("creditd: \(StartFailure.noThread.message)\n")
            exit(ExitStatus.system.rawValue)
        }
        StopSignals.wait(for: signals)
    }

    /// Has the allocator keep some megabytes that were freed (mallopt(3)). Each group of calls takes and frees buffers
    /// of some hundred kilobytes; to map them anew each time, page by page, takes a twentieth of a flood's time. As each
    /// heap keeps some, there are no more heaps than threads that run at once; by itself the allocator makes eight for
    /// each core, which grow to 80 MiB in ten million calls.
    private static func keepFreedMemory() {
        let cores = Int32(truncatingIfNeeded: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        creditd_keep_freed_memory(1 << 20, 4 << 20, min(max(cores, 2) + 1, 8))
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

            `creditd docs` prints a page, and `creditd openrpc` a document for generators, that describe every method with \
            its params, results, errors and examples.

            Exit codes:
              0    every request was answered
              1    `call` got an error, or any request did under --fail-on-error
              64   wrong usage, or an argument or variable that is not UTF-8
              65   the input ended in the middle of a line
              69   a store or a key ring cannot be used
              71   the system gave no thread or descriptor
              74   stdin failed, or stdout failed, was full or was closed
              75   the \(StopSignals.graceSeconds) seconds of grace after SIGTERM passed with calls unanswered
              78   wrong schema files, or a wrong file of --log-level-file or --metrics-file
              128  plus the number of a second signal

            SIGTERM and SIGINT: what was read is answered, then exit 0; a second one ends the daemon at once. SIGHUP: \
            --log-level-file, credentials and password files are read again. A signal that the parent ignores, as \
            under nohup, stays ignored.
            """,
        version: version,
        subcommands: [
            Serve.self, CallCommand.self, ImportCommand.self, Docs.self, OpenRPC.self, ClientCommand.self, Migrate.self,
            KeysCommand.self, AuditCommand.self,
            ConsistencyCommand.self, PolicyCommand.self, Doctor.self, TestCommand.self, ConformanceCommand.self,
            SchemaCommand.self, ScoreCommand.self, FeaturesCommand.self, MCPCommand.self,
            Bowtie.self, HelpCommand.self,
        ],
        defaultSubcommand: Serve.self)
}
