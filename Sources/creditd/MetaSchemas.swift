import Contracts
import JSON
import JSONSchema

/// The meta-schemas of draft 2020-12, as https://json-schema.org/specification publishes them, from the binary itself.
enum MetaSchemas {
    /// The URI of the one that all schemas have which do not say otherwise.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// Registers them by their own names, except for those that are there already. Only now they are parsed: a daemon
    /// never needs them.
    static func register(in registry: inout SchemaRegistry) throws {
        for file in EmbeddedFile.all where file.path.hasPrefix("draft2020-12/") {
            let document = try Document(file.text)
            let uri = document.withRoot { $0["$id"]?.string } ?? file.path
            if !registry.contains(uri) { try registry.register(document, at: uri) }
        }
    }
}
