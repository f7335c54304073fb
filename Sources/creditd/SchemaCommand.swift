import ArgumentParser
import JSONSchema

/// `creditd schema`: JSON Schema for people, on files.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Check JSON Schemas of draft 2020-12, and documents against them.",
        discussion: """
            A reference leads to a document that is named on the command line, or nowhere: nothing is fetched from a \
            network. The draft's own meta-schemas are known. `pattern` takes regular expressions of ECMA-262.

            What is wrong goes to stdout, one violation a line; nothing of the document's values is in it:

              #/debts/0/status: not_in_enum, accepted one of open, settled (#/properties/debts/items/$ref/enum)

            Exit codes: 0 valid; 1 not valid; 65 a file is not JSON or, for `validate`, no schema; 66 there is no such \
            file.
            """,
        subcommands: [Check.self, Validate.self])

    /// Documents that others refer to.
    struct References: ParsableArguments {
        @Option(
            name: .customLong("register"),
            help: ArgumentHelp(
                "A document that schemas refer to by its $id or its place, or a folder of such; may be repeated.",
                valueName: "file or folder"))
        var paths: [String] = []
    }

    /// `creditd schema check FILE`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell whether a file is a schema: by its meta-schema, and by compiling it.")

        @Argument(help: "The schema.")
        var file: String

        @Flag(help: "Refuse unknown keywords and formats, as for the contracts of this program.")
        var strict = false

        @OptionGroup var references: References

        func run() async throws {
            try await StartFailure.explained {
                let session = SchemaSession(
                    interpretation: strict ? .strict : .draft, references: references.paths)
                try await DeepStack.run { [file] in try session.check(file) }
            }
        }
    }

    /// `creditd schema validate SCHEMA INSTANCE`
    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell in what a document does not meet a schema.")

        @Argument(help: "The schema.")
        var schema: String

        @Argument(help: "The document, or - to read it from stdin.")
        var instance: String

        @Flag(help: "Take `format` for a demand, not for a remark.")
        var assertFormat = false

        @OptionGroup var references: References

        func run() async throws {
            try await StartFailure.explained {
                let session = SchemaSession(
                    interpretation: assertFormat ? .draftAssertingFormats : .draft, references: references.paths)
                try await DeepStack.run { [instance, schema] in try session.validate(instance, by: schema) }
            }
        }
    }
}
