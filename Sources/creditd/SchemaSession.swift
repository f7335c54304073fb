import ArgumentParser
import JSON
import JSONSchema
import Methods

/// What `creditd schema` does: a registry of the documents that are named, and one question to it.
struct SchemaSession: Sendable {
    let interpretation: Interpretation
    /// Files and folders of documents that others refer to.
    let references: [String]

    /// How many violations are told at most.
    private static let maximumViolations = 100

    /// Tells whether a file is a schema. Throws the exit code when it is not.
    func check(_ path: String) throws {
        let file = try DocumentFile(path)
        do {
            try conclude(metaSchema(of: file), on: file)
            _ = try schema(in: file)
        } catch let error as SchemaError {
            try tell([error.description])
        }
    }

    /// Tells in what a document does not meet a schema. Throws the exit code when there is something.
    func validate(_ path: String, by schemaPath: String) throws {
        let schema = try schema(in: try DocumentFile(schemaPath))
        try conclude(schema, on: try DocumentFile(path))
    }

    private func schema(in file: DocumentFile) throws -> Schema {
        try registry(with: file, interpretation).compile(file.uri)
    }

    /// The schema of schemas that a file names, or that of the draft.
    private func metaSchema(of file: DocumentFile) throws -> Schema {
        let named = file.document.withRoot { $0["$schema"]?.string }
        return try registry(with: file, .draftAssertingFormats).compile(named ?? MetaSchemas.draft)
    }

    /// A registry of a file and of all that it may refer to. What comes first wins, so that anybody may try a changed
    /// meta-schema.
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

    /// Writes what is wrong, a line each, and throws the exit code for it.
    private func tell(_ lines: [String]) throws {
        let text = lines.map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 ? " " : $0 })) + "\n"
        }
        try Descriptor(1).write(Array(text.joined().utf8))
        throw ExitStatus.notValid
    }

    /// A violation as a line for people. Pointers are written as fragments, so that the root's is something too.
    private static func line(_ violation: Violation) -> String {
        let accepted = violation.accepted.map { ", accepted \($0)" } ?? ""
        return "#\(violation.instancePointer): \(violation.reason.rawValue)\(accepted) (#\(violation.keywordPointer))"
    }
}
