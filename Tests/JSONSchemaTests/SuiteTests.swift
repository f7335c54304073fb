import Foundation
import JSON
import JSONSchema
import Seeds
import Testing

/// The cases of the official suite for draft 2020-12.
struct SuiteTests {
    /// The groups that do not pass, with the reason.
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

    @Test("every case has the outcome that the official suite expects", arguments: ["required", "optional"])
    func cases(part: String) throws {
        guard let suite = try SuiteFiles() else { return }
        var tally = Tally()
        for file in suite.files(below: "tests/draft2020-12")
        where file.path.hasPrefix("optional/") == (part == "optional") {
            let registry = try registry(for: file.path, of: suite)
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

    @Test("a missing shared file is an error where shared files are required")
    func missingFiles() {
        #expect(throws: MissingSharedFile.self) { try SharedFiles.url("no-such-file", isRequired: true) }
    }

    private struct Tally {
        var passed = 0
        var failed = 0
        /// The failed cases that are listed as exceptions.
        var excepted = 0
    }

    /// A registry that asserts formats only under `optional/format`, as the suite expects.
    private func registry(for path: String, of suite: SuiteFiles) throws -> SchemaRegistry {
        let assertsFormats = path.hasPrefix("optional/format/")
        var registry = SchemaRegistry(interpretation: assertsFormats ? .draftAssertingFormats : .draft)
        try suite.registerDocuments(in: &registry)
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

/// The official JSON-Schema-Test-Suite and the draft's meta-schemas.
private struct SuiteFiles {
    private let root: URL

    /// Finds the suite beside the repository; nil if there is none.
    init?() throws {
        guard let root = try SharedFiles.url("json-schema-test-suite") else { return nil }
        self.root = root
    }

    /// The JSON files below a folder of the suite, with their paths below that folder.
    func files(below folder: String) -> [(path: String, bytes: Data)] {
        Self.jsonFiles(in: root.appending(path: folder))
    }

    /// Registers the documents that the suite's schemas refer to.
    ///
    /// The draft's meta-schemas get their own names, and the remote documents the URLs that the suite expects.
    func registerDocuments(in registry: inout SchemaRegistry) throws {
        for file in Self.jsonFiles(in: SharedFiles.repository.appending(path: "schema/draft2020-12")) {
            let document = try Document(file.bytes)
            try registry.register(document, at: document.withRoot { $0["$id"]?.string } ?? file.path)
        }
        for file in files(below: "remotes") {
            try registry.register(Document(file.bytes), at: "http://localhost:1234/" + file.path)
        }
    }

    private static func jsonFiles(in folder: URL) -> [(path: String, bytes: Data)] {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().filter { $0.hasSuffix(".json") }.compactMap { path in
            (try? Data(contentsOf: folder.appending(path: path))).map { (path, $0) }
        }
    }
}
