import Foundation
import JSON
import Testing
import Transcripts

/// `creditd bowtie`, as a Bowtie harness speaks to it: https://docs.bowtie.report/implementers.
@Suite("The Bowtie command")
struct BowtieTests {
    private static let draft = "https://json-schema.org/draft/2020-12/schema"
    private static let start = #"{"cmd":"start","version":1}"#
    private static let stop = #"{"cmd":"stop"}"#

    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    /// Sends all lines and returns the answers.
    private func answers(to lines: [String], _ arguments: [String] = []) throws -> [String] {
        let input = Array(lines.map { $0 + "\n" }.joined().utf8)
        let outcome = try ChildProcess.creditd(["bowtie"] + arguments, in: scratch).finish(writing: input)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return outcome.text.split(separator: "\n").map(String.init)
    }

    private func run(_ sequence: String, schema: String, instances: [String], registry: String = "{}") -> String {
        let tests = instances.map { #"{"description":"t","instance":\#($0)}"# }.joined(separator: ",")
        let testCase = #"{"description":"c","schema":\#(schema),"registry":\#(registry),"tests":[\#(tests)]}"#
        return #"{"cmd":"run","seq":\#(sequence),"case":\#(testCase)}"#
    }

    @Test("start is answered with the version and the implementation")
    func starting() throws {
        let answers = try answers(to: [Self.start, Self.stop])
        try #require(answers.count == 1)
        try Document(answers[0].utf8).withRoot { answer in
            #expect(answer["version"]?.int64 == 1)
            let implementation = try #require(answer["implementation"])
            #expect(implementation["name"]?.string == "creditd")
            #expect(implementation["language"]?.string == "swift")
            for key in ["homepage", "issues", "source"] as [StaticString] {
                #expect(implementation[key]?.string?.hasPrefix("https://") == true)
            }
            #expect(implementation["version"]?.string?.isEmpty == false)
            #expect(implementation["dialects"]?.elements.map(\.string) == [Self.draft])
        }
    }

    @Test("draft 2020-12 is the only dialect that can be implied")
    func dialects() throws {
        let lines = [Self.draft, "http://json-schema.org/draft-07/schema#"].map {
            #"{"cmd":"dialect","dialect":"\#($0)"}"#
        }
        #expect(try answers(to: [Self.start] + lines + [Self.stop]).dropFirst() == [#"{"ok":true}"#, #"{"ok":false}"#])
    }

    @Test("each instance is judged, and the seq comes back unchanged", arguments: ["1", #""a\u00e9""#, "1.50", "[1]"])
    func judging(sequence: String) throws {
        let case1 = run(sequence, schema: #"{"type":"integer"}"#, instances: ["1", #""x""#, "1.0"])
        #expect(
            try answers(to: [Self.start, case1, Self.stop]).last
                == #"{"seq":\#(sequence),"results":[{"valid":true},{"valid":false},{"valid":true}]}"#)
    }

    @Test("a case can refer to its own registry and to the draft's meta-schema, and to nothing else")
    func registry() throws {
        let registry = ##"""
            {"https://x.example/a":{"type":"string"},\##
            "https://x.example/b":{"$schema":"http://json-schema.org/draft-07/schema#","$id":"#b"}}
            """##
        let schema = #"{"$ref":"https://x.example/a"}"#
        let lines = [
            run("1", schema: schema, instances: [#""x""#, "1"], registry: registry),
            run("2", schema: schema, instances: ["1"]),
            run("3", schema: #"{"$ref":"\#(Self.draft)"}"#, instances: [#"{"type":"null"}"#, #"{"type":"nil"}"#]),
        ]
        #expect(
            try answers(to: [Self.start] + lines + [Self.stop]).dropFirst() == [
                #"{"seq":1,"results":[{"valid":true},{"valid":false}]}"#,
                #"{"seq":2,"errored":true,"context":{"message":"bowtie:///case#/$ref: unresolved_reference"}}"#,
                #"{"seq":3,"results":[{"valid":true},{"valid":false}]}"#,
            ])
    }

    @Test("a schema that cannot be compiled is an error of its case, and the next case still runs")
    func errors() throws {
        let lines = [run("1", schema: #"{"type":1}"#, instances: ["1"]), run("2", schema: "false", instances: ["1"])]
        #expect(
            try answers(to: [Self.start] + lines + [Self.stop]).dropFirst() == [
                #"{"seq":1,"errored":true,"context":{"message":"bowtie:///case#/type: malformed_keyword"}}"#,
                #"{"seq":2,"results":[{"valid":false}]}"#,
            ])
    }

    @Test("each answer comes before the next command is sent")
    func turnByTurn() throws {
        let harness = try ChildProcess.creditd(["bowtie"], in: scratch)
        for (number, line) in [Self.start, run("1", schema: "true", instances: ["1"])].enumerated() {
            harness.write(Array((line + "\n").utf8))
            try #require(harness.read(lines: number + 1), "the harness went away")
        }
        #expect(harness.finish().exitReason == .exited(0))
    }

    @Test(
        "a line that is no command of the protocol ends the run with 65",
        arguments: ["x", "{}", #"{"cmd":"walk"}"#, #"{"cmd":"start","version":2}"#, #"{"cmd":"run","seq":1}"#])
    func noCommand(line: String) throws {
        let outcome = try ChildProcess.creditd(["bowtie"], in: scratch).finish(writing: Array((line + "\n").utf8))
        #expect(outcome.exitReason == .exited(65))
        #expect(outcome.output.isEmpty)
        #expect(!outcome.errors.isEmpty)
    }
}
