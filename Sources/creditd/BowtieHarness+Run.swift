import JSON
import JSONSchema

extension BowtieHarness {
    /// Judges the instances of one case.
    func run(_ command: Value, answer: inout Writer) throws {
        guard let sequence = command["seq"], let tests = command["case"]?["tests"],
            let schema = command["case"]?["schema"]
        else { throw CommandError.malformedCase }
        answer.object { answer in
            answer.key("seq")
            answer.value(sequence)
            if command["output"]?.equals("annotations") == true {
                answer.key("skipped")
                answer.bool(true)
                answer.key("message")
                answer.string("annotations are not collected")
                return
            }
            do throws(SchemaError) {
                let compiled = try compile(schema, with: command["case"]?["registry"])
                write(tests.elements.map { $0["instance"].map(compiled.accepts) }, to: &answer)
            } catch {
                writeError(error.description, to: &answer)
            }
        }
    }

    private func compile(_ schema: Value, with documents: Value?) throws(SchemaError) -> Schema {
        var registry = registry
        if let documents {
            for member in documents.members { register(member.value, at: member.key.string ?? "", in: &registry) }
        }
        let uri = "bowtie:///case"
        if let document = Self.copy(of: schema) { try registry.register(document, at: uri) }
        return try registry.compile(uri)
    }

    /// Registers a document of a case, unless it is of no use: then only a reference to it is an error.
    private func register(_ value: Value, at uri: String, in registry: inout SchemaRegistry) {
        guard !registry.contains(uri), let document = Self.copy(of: value) else { return }
        var extended = registry
        guard (try? extended.register(document, at: uri)) != nil else { return }
        registry = extended
    }

    /// A part of a JSON text as a text of its own.
    private static func copy(of value: Value) -> Document? {
        try? Document(value.rawText, limits: Parser.Limits(maximumDepth: DeepStack.maximumDepth))
    }

    private func write(_ outcomes: [Bool?], to answer: inout Writer) {
        answer.key("results")
        answer.array { results in
            for outcome in outcomes {
                results.object { result in
                    if let outcome {
                        result.key("valid")
                        result.bool(outcome)
                    } else {
                        writeError("a test without an instance", to: &result)
                    }
                }
            }
        }
    }

    private func writeError(_ message: String, to answer: inout Writer) {
        answer.key("errored")
        answer.bool(true)
        answer.key("context")
        answer.object { context in
            context.key("message")
            context.string(message)
        }
    }
}
