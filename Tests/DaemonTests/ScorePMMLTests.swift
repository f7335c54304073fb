import Foundation
import Testing
import Transcripts

/// `creditd score import` and `score export`: PMML in and out, as people see it.
@Suite("Scorecards as PMML")
struct ScorePMMLTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func score(_ arguments: [String], input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["score"] + arguments, in: scratch).finish(writing: Array(input.utf8))
    }

    private static func fixture(_ name: String) -> String {
        Repository.path("Tests/ScorecardsTests/Fixtures/\(name)")
    }

    @Test("the default card goes out and comes back with the same hash")
    func roundTrip() throws {
        let exported = try score(["export", "default"])
        #expect(exported.exitReason == .exited(0), "\(exported.errorText)")
        let imported = try score(["import", "-"], input: exported.text)
        #expect(imported.exitReason == .exited(0), "\(imported.errorText)")
        let hashes = try [
            score(["check", "-"], input: imported.text),
            score(["check", Repository.path("schema/scorecards/default.json")]),
        ].map { $0.text.split(separator: " ").last }
        #expect(hashes[0] != nil && hashes[0] == hashes[1])
    }

    @Test("what has no points is told in lines that name it, and filled when that is asked for")
    func holes() throws {
        let file = Self.fixture("optbinning.pmml")
        let refused = try score(["import", file, "--name", "german"])
        #expect(refused.exitReason == .exited(65) && refused.output.isEmpty)
        #expect(
            refused.errorText == """
                creditd: \(file): housing: there are no points for other categories
                purpose: there are no points for other categories
                --other worst gives these the fewest points of their characteristic

                """)
        let options = ["--name", "german", "--version", "3", "--other", "worst"]
        let card = try score(["import", file, "--map", "credit_amount=amount"] + options)
        #expect(card.exitReason == .exited(0), "\(card.errorText)")
        #expect(card.text.contains(#""model": "german""#) && card.text.contains(#""version": 3"#))
        #expect(card.text.contains(#""characteristic": "amount""#))
        let old = try score(["import", file, "--map", "age_in_years=age"] + options)
        #expect(old.exitReason == .exited(65))
        #expect(old.errorText.contains("age: from 60 years up there are fewer points than for somebody younger"))
    }

    @Test(
        "a wrong command line is told",
        arguments: [
            (["import", "x", "--map", "a"], 64, "field=characteristic"),
            (["import", "x", "--scale", "0"], 64, "--scale"),
            (["import", "x", "--other", "best"], 64, "--other"), (["import", "/none.pmml"], 66, "No such file"),
            (["export", "none"], 66, "none: No such file"),
        ])
    func commandLine(arguments: [String], status: Int32, message: String) throws {
        let outcome = try score(arguments)
        #expect(outcome.exitReason == .exited(status))
        #expect(outcome.errorText.contains(message), "\(outcome.errorText)")
    }

    @Test("random rows have the scores and reasons that jpmml-evaluator gives them")
    func jpmml() throws {
        let requirement = try ChildProcess.python(
            ["-c", "import jpmml_evaluator, jpype, pandas; jpype.startJVM()"], in: scratch)
        guard requirement.exitReason == .exited(0) else {
            return Absence(description: "jpmml-evaluator with a Java runtime").record()
        }
        let exported = try scratch.write(text: try score(["export", "default"]).text, to: "default.pmml")
        let documents = ["optbinning.pmml", "r-scorecard.pmml", "sample.pmml"].map(Self.fixture) + [exported]
        let outcome = try ChildProcess.python(
            [Repository.path("Tests/Oracles/jpmml"), try Binary.creditd()] + documents, in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.matches(of: /100000 rows, [0-9]+ scored by jpmml, 0 differ/).count == documents.count)
    }
}
