import ArgumentParser
import JSON
import Methods

/// `creditd openrpc`: prints the service's description.
struct OpenRPC: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openrpc", abstract: "Print the OpenRPC 1.3 document of all methods.")

    @OptionGroup var schema: SchemaOptions

    func run() throws {
        let contracts: ContractSet
        do {
            contracts = try ContractSet(files: try SchemaFiles(folder: schema.folder).files)
        } catch {
            throw ValidationError("schema: \(error)")
        }
        var writer = Writer()
        OpenRPCDocument(contracts: contracts, version: Creditd.version).write(to: &writer)
        writer.raw("\n")
        try Descriptor(1).write(writer.take())
    }
}
