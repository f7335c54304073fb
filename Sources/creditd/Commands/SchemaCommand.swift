import ArgumentParser
import FoundationEssentials
import Glibc
import JSON
import JSONSchema
import Methods
import Platform

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

        @Flag(help: "Reject values that violate `format`.")
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

/// The work of `creditd schema`: one registry of the named documents, and one question to it.
struct SchemaSession: Sendable {
    let interpretation: Interpretation
    /// Files and folders of documents that others refer to.
    let references: [String]

    /// The most violations that are printed.
    private static let maximumViolations = 100

    /// Prints why a file is no schema. Throws the exit code when it is none.
    func check(_ path: String) throws {
        let file = try DocumentFile(path)
        do {
            try conclude(metaSchema(of: file), on: file)
            _ = try schema(in: file)
        } catch let error as SchemaError {
            try tell([error.description])
        }
    }

    /// Prints how a document violates a schema. Throws the exit code when it does.
    func validate(_ path: String, by schemaPath: String) throws {
        let schema = try schema(in: try DocumentFile(schemaPath))
        try conclude(schema, on: try DocumentFile(path))
    }

    private func schema(in file: DocumentFile) throws -> Schema {
        try registry(with: file, interpretation).compile(file.uri)
    }

    /// The meta-schema that a file names, or that of the draft.
    private func metaSchema(of file: DocumentFile) throws -> Schema {
        let named = file.document.withRoot { $0["$schema"]?.string }
        return try registry(with: file, .draftAssertingFormats).compile(named ?? MetaSchemas.draft)
    }

    /// A registry of a file and of all documents that it may refer to. The first document of a name wins, so that
    /// anybody may try a changed meta-schema.
    private func registry(
        with file: DocumentFile, _ interpretation: Interpretation
    ) throws -> SchemaRegistry {
        var registry = SchemaRegistry(formats: BureauFormats.all, interpretation: interpretation)
        var files = [file]
        for path in references { files += try DocumentFile.all(at: path) }
        for file in files where !registry.contains(file.uri) { try registry.register(file.document, at: file.uri) }
        try MetaSchemas.register(in: &registry)
        return registry
    }

    private func conclude(_ schema: Schema, on file: DocumentFile) throws {
        let violations = file.document.withRoot {
            schema.validate($0, maximumViolations: Self.maximumViolations, tellsNames: true)
        }
        if !violations.isEmpty { try tell(violations.map(Self.line)) }
    }

    /// Writes one line for each violation, and throws the exit code.
    private func tell(_ lines: [String]) throws {
        let text = lines.map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 ? " " : $0 })) + "\n"
        }
        try FileDescriptor(1).put(Array(text.joined().utf8))
        throw ExitStatus.notValid
    }

    /// A violation as a line for people. Pointers are written as fragments, because the root's pointer is empty.
    private static func line(_ violation: Violation) -> String {
        let accepted = violation.accepted.map { ", accepted \($0)" } ?? ""
        return "#\(violation.instancePointer): \(violation.reason.rawValue)\(accepted) (#\(violation.keywordPointer))"
    }
}

/// A JSON document that is named on the command line.
struct DocumentFile {
    /// The name by which other documents refer to this one, and the base of its own references.
    let uri: String
    let document: Document

    /// Reads a file, or stdin for `-`.
    init(_ path: String) throws(StartFailure) {
        let bytes: [UInt8]
        if path == "-" {
            uri = "file:///dev/stdin"
            do { bytes = try FileDescriptor(0).readText() } catch {
                throw StartFailure(status: ExitStatus.wrongData, message: "stdin cannot be read")
            }
        } else {
            uri = URL(filePath: path).standardized.absoluteString
            guard let text = FileDescriptor.text(of: path) else {
                let reason = String(cString: strerror(errno))
                throw StartFailure(
                    status: errno == ENOENT ? ExitStatus.noInput : ExitStatus.wrongData, message: "\(path): \(reason)")
            }
            bytes = text
        }
        do throws(SyntaxError) {
            document = try Document(bytes, limits: Parser.Limits(maximumDepth: DeepStack.maximumDepth))
        } catch {
            let message = "\(path) is not JSON: \(error.reason.rawValue) at byte \(error.offset)"
            throw StartFailure(status: ExitStatus.wrongData, message: message)
        }
    }

    /// The file at a path, or the JSON files below it if it is a folder.
    static func all(at path: String) throws(StartFailure) -> [DocumentFile] {
        guard FolderFiles.isFolder(path) else { return [try DocumentFile(path)] }
        let folder = FolderFiles.trimmed(path)
        let names: [String]
        do throws(FolderFiles.Failure) {
            names = try FolderFiles.paths(below: folder)
        } catch {
            throw StartFailure(
                status: ExitStatus.wrongData, message: "\(error.path): \(String(cString: strerror(error.code)))")
        }
        var files: [DocumentFile] = []
        for name in names where name.hasSuffix(".json") { files.append(try DocumentFile("\(folder)/\(name)")) }
        return files
    }
}
