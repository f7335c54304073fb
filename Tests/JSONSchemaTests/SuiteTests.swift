import Foundation
import JSON
import JSONSchema
import Testing

/// The cases of the official suite for draft 2020-12, read from beside the repository.
struct SuiteTests {
    /// Files that are left out as a whole.
    static let skippedFiles = [
        "dynamicRef.json": "$dynamicRef is not implemented",
        "unevaluatedItems.json": "unevaluatedItems is not implemented",
        "unevaluatedProperties.json": "unevaluatedProperties is not implemented",
        "pattern.json": "pattern is not implemented",
        "patternProperties.json": "patternProperties is not implemented",
        "vocabulary.json": "vocabularies are not implemented",
        "format.json": "a format is asserted, and an unknown one refused",
        "optional/dynamicRef.json": "$dynamicRef is not implemented",
        "optional/ecmascript-regex.json": "pattern is not implemented",
        "optional/non-bmp-regex.json": "pattern is not implemented",
        "optional/cross-draft.json": "one draft is served",
        "optional/dependencies-compatibility.json": "dependencies is a keyword of earlier drafts",
        "optional/unknownKeyword.json": "an unknown keyword is refused",
        "optional/refOfUnknownKeyword.json": "an unknown keyword is refused",
        "optional/format-assertion.json": "vocabularies are not implemented",
    ]
    static let implementedFormats = ["date", "date-time", "email", "uuid"]

    /// Keywords that are not implemented: a schema of another keyword's file that has one is left out too.
    static let missingKeywords = [
        "$dynamicRef", "$dynamicAnchor", "$vocabulary", "unevaluatedItems", "unevaluatedProperties", "pattern",
        "patternProperties",
    ]

    /// Not among the suite's files, and made of `$dynamicRef`.
    private let metaSchema: StaticString = "https://json-schema.org/draft/2020-12/schema"
    private let registry: SchemaRegistry

    init() throws {
        var registry = SchemaRegistry()
        for file in SuiteFiles.files(below: "remotes") where !file.path.hasPrefix("v1/") {
            let document = try Document(file.bytes)
            try registry.register(document, at: "http://localhost:1234/" + file.path)
        }
        self.registry = registry
    }

    @Test("every case of an implemented keyword is judged as the official suite says")
    func cases() throws {
        guard SuiteFiles.root != nil else {
            return print("JSON-Schema-Test-Suite: no ../shared/json-schema-test-suite, so none of its cases was run")
        }
        var tally = Tally()
        for file in SuiteFiles.files(below: "tests/draft2020-12") where !isSkipped(file.path) {
            try Document(file.bytes).withRoot { groups in
                for (number, group) in groups.elements.enumerated() {
                    try run(group, of: file.path, number: number, tally: &tally)
                }
            }
        }
        print("JSON-Schema-Test-Suite: \(tally.passed) cases passed, \(tally.failed) failed, \(tally.skipped) skipped")
        #expect(tally.passed > 500)
    }

    private struct Tally {
        var passed = 0
        var failed = 0
        var skipped = 0
    }

    private func isSkipped(_ path: String) -> Bool {
        if path.hasPrefix("optional/format/") {
            return !SuiteTests.implementedFormats.contains { path == "optional/format/\($0).json" }
        }
        return SuiteTests.skippedFiles[path] != nil
    }

    private func run(_ group: Value, of path: String, number: Int, tally: inout Tally) throws {
        let tests = try #require(group["tests"])
        let text = try #require(group["schema"]?.rawText)
        let document = try Document(text)
        var registry = registry
        let schema: Schema
        do throws(SchemaError) {
            let uri = "https://suite.example/\(path)/\(number)"
            try registry.register(document, at: uri)
            schema = try registry.compile(uri)
        } catch  where error.reason == .unknownKeyword && isMissing(error.pointer) {
            tally.skipped += tests.count
            return
        } catch  where error.reason == .unresolvedReference && group["schema"]?["$ref"]?.equals(metaSchema) == true {
            tally.skipped += tests.count
            return
        } catch {
            tally.failed += tests.count
            Issue.record("\(path), \(group["description"]?.string ?? ""): \(error)")
            return
        }
        for test in tests.elements {
            let data = try #require(test["data"])
            let expected = test["valid"]?.bool == true
            let violations = schema.validate(data)
            if violations.isEmpty == expected, schema.accepts(data) == expected {
                tally.passed += 1
            } else {
                tally.failed += 1
                Issue.record("\(path), \(group["description"]?.string ?? ""), \(test["description"]?.string ?? "")")
            }
        }
    }

    private func isMissing(_ pointer: String) -> Bool {
        SuiteTests.missingKeywords.contains { pointer.hasSuffix("/" + $0) }
    }
}
