import Foundation
import JSON
import Seeds
import Testing
import Transcripts

/// The official JSON-Schema-Test-Suite, run through `creditd bowtie` as the public comparison runs it.
@Suite("The Bowtie command on the official suite")
struct BowtieSuiteTests {
    /// A group of the suite and the expected answers.
    private struct Group {
        let name: String
        let command: String
        let expected: [Bool]
    }

    /// Cases that fail, because the program knows no other draft than 2020-12.
    private static let exceptions = [
        "optional/cross-draft.json: refs to historic drafts are processed as historic drafts"
    ]

    @Test("every case is judged as the suite says", arguments: [false, true])
    func cases(assertsFormats: Bool) throws {
        guard let suite = try SharedFiles.url("json-schema-test-suite") else { return }
        let groups = try groups(of: suite, areFormats: assertsFormats)
        let lines = [#"{"cmd":"start","version":1}"#] + groups.map(\.command) + [#"{"cmd":"stop"}"#]
        let arguments = ["bowtie"] + (assertsFormats ? ["--assert-format"] : [])
        let outcome = try ChildProcess.creditd(arguments, in: ScratchFolder())
            .finish(writing: Array(lines.map { $0 + "\n" }.joined().utf8))
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answers = outcome.text.split(separator: "\n").dropFirst()
        try #require(answers.count == groups.count)
        for (group, answer) in zip(groups, answers) {
            let results = try Document(answer.utf8).withRoot { $0["results"]?.elements.map { $0["valid"]?.bool } }
            let isRight = results == group.expected
            #expect(isRight || Self.exceptions.contains(group.name), "\(group.name): \(answer)")
        }
        let count = groups.reduce(0) { $0 + $1.expected.count }
        print("JSON-Schema-Test-Suite through bowtie\(assertsFormats ? ", formats" : ""): \(count) cases")
        #expect(count > 500)
    }

    /// The groups of the files under `optional/format`, or of all others.
    private func groups(of suite: URL, areFormats: Bool) throws -> [Group] {
        let registry = try registry(of: suite)
        var groups: [Group] = []
        for (path, document) in try documents(below: suite.appending(path: "tests/draft2020-12"))
        where path.hasPrefix("optional/format/") == areFormats {
            document.withRoot { root in
                for group in root.elements {
                    groups.append(self.group(group, of: path, number: groups.count, registry: registry))
                }
            }
        }
        return groups
    }

    private func group(_ group: Value, of path: String, number: Int, registry: String) -> Group {
        let tests = group["tests"].map { Array($0.elements) } ?? []
        let cases = tests.map { test in
            #"{"description":\#(text(test["description"])),"instance":\#(text(test["data"]))}"#
        }
        let description = text(group["description"])
        let members = #""description":\#(description),"schema":\#(text(group["schema"])),"registry":\#(registry)"#
        return Group(
            name: "\(path): \(group["description"]?.string ?? "")",
            command: #"{"cmd":"run","seq":\#(number),"case":{\#(members),"tests":[\#(cases.joined(separator: ","))]}}"#,
            expected: tests.map { $0["valid"]?.bool == true })
    }

    private func registry(of suite: URL) throws -> String {
        let entries = try documents(below: suite.appending(path: "remotes")).map { path, document in
            #""http://localhost:1234/\#(path)":\#(document.withRoot { text($0) })"#
        }
        return "{\(entries.joined(separator: ","))}"
    }

    private func documents(below folder: URL) throws -> [(path: String, document: Document)] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
            .map { ($0, try Document([UInt8](Data(contentsOf: folder.appending(path: $0))))) }
    }

    /// The text of a value on one line. A line break in JSON is white space, never a part of a string.
    private func text(_ value: Value?) -> String {
        guard let text = value?.rawText else { return "null" }
        return String(decoding: text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }
}
