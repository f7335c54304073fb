import ArgumentParser
import Clients
import Methods
import Platform

/// `creditd client`: prints a typed client in another language.
struct ClientCommand: AsyncParsableCommand {
    /// The languages that there is a client for.
    enum Language: String, CaseIterable, ExpressibleByArgument {
        case python, typescript
    }

    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Print a typed client of all methods: one file, which needs nothing else.",
        discussion: """
            Python 3.11 or later, for asyncio (Creditd) and without (CreditdSync):

              creditd client python > creditd.py

            Node 18 or later, by any TypeScript from 4.8:

              creditd client typescript > creditd.mts && tsc --strict --target es2022 --module es2022 creditd.mts

            The client starts creditd as a child process. Its methods, types and errors are those of this program's \
            contracts; when it meets a daemon with other contracts, it warns, and is to be printed again.
            """)

    @Argument(help: "python or typescript.")
    var language: Language

    @OptionGroup var schema: SchemaOptions

    func run() async throws {
        try await StartFailure.explained {
            let contracts = try ContractSet(files: try SchemaFiles(folder: schema.folder).files)
            let text =
                switch language {
                case .python: PythonClient(contracts: contracts, version: Creditd.version).text()
                case .typescript: TypeScriptClient(contracts: contracts, version: Creditd.version).text()
                }
            try FileDescriptor(1).put(Array(text.utf8))
        }
    }
}
