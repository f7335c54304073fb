import JSON
import JSONSchema
import Testing

/// The cases of the official suite for draft 2020-12, read from ../shared beside the repository.
struct SuiteTests {
    /// What does not pass, by file and by the description of the group, and why.
    static let exceptions: [Exception] = [
        Exception(
            file: "optional/cross-draft.json", group: "refs to historic drafts are processed as historic drafts",
            reason: "draft 2020-12 is the only one that is served; a document of another draft is refused")
    ]

    struct Exception: Hashable {
        let file: String
        let group: String
        let reason: String
    }

    @Test("every case is judged as the official suite says", arguments: ["required", "optional"])
    func cases(part: String) throws {
        guard SuiteFiles.root != nil else {
            return print("JSON-Schema-Test-Suite: no ../shared/json-schema-test-suite, so none of its cases was run")
        }
        var tally = Tally()
        for file in SuiteFiles.files(below: "tests/draft2020-12")
        where file.path.hasPrefix("optional/") == (part == "optional") {
            let registry = try registry(for: file.path)
            try Document(file.bytes).withRoot { groups in
                for (number, group) in groups.elements.enumerated() {
                    try run(group, of: file.path, number: number, registry: registry, tally: &tally)
                }
            }
        }
        print(
            "JSON-Schema-Test-Suite, \(part): \(tally.passed) cases passed, \(tally.failed) failed,",
            "\(tally.excepted) of them as listed")
        #expect(tally.passed > 600)
        #expect(tally.failed == tally.excepted)
    }

    private struct Tally {
        var passed = 0
        var failed = 0
        /// Failed, and listed as such.
        var excepted = 0
    }

    /// The formats under `optional/format` are there to be asserted; everywhere else they are annotations.
    private func registry(for path: String) throws -> SchemaRegistry {
        let assertsFormats = path.hasPrefix("optional/format/")
        var registry = SchemaRegistry(interpretation: assertsFormats ? .draftAssertingFormats : .draft)
        try SuiteFiles.registerDocuments(in: &registry)
        return registry
    }

    private func run(
        _ group: Value, of path: String, number: Int, registry: SchemaRegistry, tally: inout Tally
    ) throws {
        let description = group["description"]?.string ?? ""
        let isExcepted = Self.exceptions.contains { $0.file == path && $0.group == description }
        var registry = registry
        let outcome = Result { () throws(SchemaError) in
            let uri = "https://suite.example/\(path)/\(number)"
            try registry.register(copy(of: group["schema"]), at: uri)
            return try registry.compile(uri)
        }
        for test in try #require(group["tests"]).elements {
            let data = try #require(test["data"])
            let expected = test["valid"]?.bool == true
            let isRight =
                (try? outcome.get()).map { $0.accepts(data) == expected && $0.validate(data).isEmpty == expected }
            if isRight == true {
                tally.passed += 1
                continue
            }
            tally.failed += 1
            if isExcepted {
                tally.excepted += 1
            } else {
                Issue.record("\(path), \(description), \(test["description"]?.string ?? "") \(outcome)")
            }
        }
    }

    private func copy(of value: Value?) -> Document {
        do { return try Document(value?.rawText ?? UnsafeBufferPointer(start: nil, count: 0)) } catch {
            preconditionFailure("a part of a JSON text is one too")
        }
    }
}
