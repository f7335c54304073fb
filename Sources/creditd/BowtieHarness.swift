import JSON
import JSONSchema

/// The implementation's side of the Bowtie harness protocol, version 1 (https://docs.bowtie.report/implementers).
struct BowtieHarness {
    /// Whether `stop` has come.
    private(set) var isStopped = false
    /// Copied for every case.
    let registry: SchemaRegistry

    /// Why a line cannot be answered: the other side does not speak the protocol.
    enum CommandError: Error {
        case notJSON(offset: Int)
        case unknownCommand
        case unsupportedVersion
        case malformedCase

        var sentence: String {
            switch self {
            case .notJSON(let offset): "a line is not JSON, from byte \(offset) on"
            case .unknownCommand: "a line has no command of the Bowtie protocol"
            case .unsupportedVersion: "only version 1 of the Bowtie protocol is spoken"
            case .malformedCase: "a case without its seq, schema or tests"
            }
        }
    }

    init(assertsFormats: Bool) throws {
        var registry = SchemaRegistry(interpretation: assertsFormats ? .draftAssertingFormats : .draft)
        try MetaSchemas.register(in: &registry)
        self.registry = registry
    }

    /// The line that answers a command, with its end; nothing for `stop`.
    mutating func answer(to line: [UInt8]) throws -> [UInt8] {
        let document: Document
        do throws(SyntaxError) {
            document = try Document(line, limits: Parser.Limits(maximumDepth: DeepStack.maximumDepth))
        } catch {
            throw CommandError.notJSON(offset: error.offset)
        }
        return try document.withRoot { command in
            var answer = Writer()
            switch command["cmd"]?.string {
            case "start": try start(command, answer: &answer)
            case "dialect": dialect(command, answer: &answer)
            case "run": try run(command, answer: &answer)
            case "stop":
                isStopped = true
                return []
            default: throw CommandError.unknownCommand
            }
            return answer.take() + [0x0A]
        }
    }

    private func start(_ command: Value, answer: inout Writer) throws {
        guard command["version"]?.int64 == 1 else { throw CommandError.unsupportedVersion }
        answer.object { answer in
            answer.key("version")
            answer.number(1)
            answer.key("implementation")
            answer.object { implementation in
                for (key, text) in [
                    ("name", "creditd"), ("language", "swift"), ("version", Creditd.version),
                    ("homepage", "https://creditd.example/"), ("issues", "https://creditd.example/issues"),
                    ("source", "https://creditd.example/source"), ("os", "linux"),
                ] {
                    implementation.key(key)
                    implementation.string(text)
                }
                implementation.key("dialects")
                implementation.array { $0.string(MetaSchemas.draft) }
            }
        }
    }

    /// What a schema means that does not name its meta-schema is known for one draft alone.
    private func dialect(_ command: Value, answer: inout Writer) {
        answer.object { answer in
            answer.key("ok")
            answer.bool(command["dialect"]?.string == MetaSchemas.draft)
        }
    }
}
