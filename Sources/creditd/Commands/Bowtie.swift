import ArgumentParser
import JSON
import JSONSchema
import Platform

/// `creditd bowtie`: the program's JSON Schema as https://bowtie.report compares it with others.
struct Bowtie: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bowtie",
        abstract: "Answer a Bowtie harness: commands on stdin, answers on stdout, one JSON a line.",
        discussion: """
            Version 1 of the protocol, draft 2020-12. The references of a case lead to its registry and the draft's \
            meta-schemas, and nowhere else. The exit code is 0 after `stop` or at the end of the input, and 65 after a \
            line that is no command.
            """)

    @Flag(help: "Reject values that violate `format`.")
    var assertFormat = false

    func run() async throws {
        try await StartFailure.explained {
            try await DeepStack.run { [assertFormat] in
                var harness = try BowtieHarness(assertsFormats: assertFormat)
                var lines = InputLines(FileDescriptor(0))
                while !harness.isStopped, let line = try lines.next() {
                    let answer = try harness.answer(to: line)
                    if !answer.isEmpty { try FileDescriptor(1).put(answer) }
                }
            }
        }
    }
}

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

    /// Accepts one draft alone for schemas that name no meta-schema.
    private func dialect(_ command: Value, answer: inout Writer) {
        answer.object { answer in
            answer.key("ok")
            answer.bool(command["dialect"]?.string == MetaSchemas.draft)
        }
    }
}

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

    /// Registers a document of a case. A useless document is left out, so that only a reference to it is an error.
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

/// The lines of a descriptor, of any length, without their ends; the last one need not have one.
struct InputLines {
    private let descriptor: FileDescriptor
    private var buffer: [UInt8] = []
    /// Where the next line starts.
    private var start = 0
    private var isAtEnd = false

    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Awaits the next line; nil at the end of the input.
    mutating func next() throws -> [UInt8]? {
        var scanned = start
        while true {
            if let end = buffer[scanned...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            buffer.removeFirst(start)
            start = 0
            scanned = buffer.count
            let part = try descriptor.readSome()
            isAtEnd = part.isEmpty
            buffer += part
        }
    }
}
