import ArgumentParser
import JSON
import Methods
import Platform

/// `creditd openrpc`: prints the service's description.
struct OpenRPC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openrpc", abstract: "Print the OpenRPC 1.3 document of all methods.")

    @OptionGroup var schema: SchemaOptions

    func run() async throws {
        try await StartFailure.explained {
            let contracts = try ContractSet(files: try SchemaFiles(folder: schema.folder).files)
            var writer = Writer()
            OpenRPCDocument(contracts: contracts, version: Creditd.version).write(to: &writer)
            writer.raw("\n")
            try FileDescriptor(1).put(writer.take())
        }
    }
}
