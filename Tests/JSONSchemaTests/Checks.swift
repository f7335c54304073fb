import JSON
import JSONSchema

/// The violations of `instance` against `schema`, each as "pointer keyword reason: accepted".
func violations(_ instance: String, _ schema: String, maximum: Int = 16) throws -> [String] {
    var registry = SchemaRegistry()
    try registry.register(Document(schema.utf8), at: "schema.json")
    let compiled = try registry.compile("schema.json")
    let found = try Document(instance.utf8).withRoot { compiled.validate($0, maximumViolations: maximum) }
    return found.map { violation in
        let place = "\(violation.instancePointer) \(violation.keywordPointer) \(violation.reason.rawValue)"
        return violation.accepted.map { "\(place): \($0)" } ?? place
    }
}

/// The error for an invalid schema; nil for a valid schema.
func refusal(_ schema: String, formats: [Format] = []) throws -> SchemaError? {
    do throws(SchemaError) {
        var registry = SchemaRegistry(formats: formats)
        let document: Document
        do { document = try Document(schema.utf8) } catch { return nil }
        try registry.register(document, at: "schema.json")
        _ = try registry.compile("schema.json")
        return nil
    } catch {
        return error
    }
}

extension Schema {
    /// Whether the value of a JSON text meets the schema.
    func accepts(text: String) throws -> Bool {
        try Document(text.utf8).withRoot { accepts($0) }
    }
}

extension Format {
    func accepts(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { accepts($0) }
    }
}
