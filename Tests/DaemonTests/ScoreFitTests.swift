import Foundation
import Testing
import Transcripts

/// `creditd score fit`: what it prints, and what it refuses.
@Suite("The command score fit")
struct ScoreFitTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    /// 400 loans, of which those with an income below 300 fail more often; `told` was written after the outcome.
    private static let rows: [String] = (0..<400).map { index in
        let income = index * 7919 % 600
        let isBad = index * 104_729 % 100 < (income < 300 ? 60 : 15)
        return "\(income),\(index % 60 + 20),\(isBad ? "lost" : "paid"),\(isBad ? 1 : 0)"
    }

    private func fit(
        _ arguments: [String], rows: [String] = Self.rows, header: String = "income,age,told,bad"
    ) throws -> ChildProcess.Outcome {
        let path = try scratch.write(text: ([header] + rows).joined(separator: "\n"), to: "loans.csv")
        return try ChildProcess.creditd(["score", "fit", path, "--label", "bad"] + arguments, in: scratch).finish()
    }

    @Test("a card goes to stdout, which score check takes, and a summary to stderr")
    func card() throws {
        let outcome = try fit(["--only", "income", "--name", "loans", "--version", "3"])
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(outcome.errorText.hasPrefix("400 cases, "))
        let card = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [String: Any])
        #expect(card["model"] as? String == "loans" && card["version"] as? Int == 3)
        let path = try scratch.write(text: outcome.text, to: "card.json")
        let check = try ChildProcess.creditd(["score", "check", path], in: scratch).finish()
        #expect(check.exitReason == .exited(0))
    }

    @Test("a characteristic that needs consent makes the card say so, and the text ends with one line end")
    func consent() throws {
        let outcome = try fit(
            ["--only", "movementDays90"],
            rows: Self.rows, header: "movementDays90,age,told,bad")
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(outcome.text.contains(#""requiresConsent": true"#))
        #expect(outcome.text.hasSuffix("}\n") && !outcome.text.hasSuffix("\n\n"))
    }

    @Test(
        "an option beyond its bounds ends with 64 and a sentence",
        arguments: [
            (["--odds", "1e308"], "--odds is from"), (["--at", "inf"], "--at is from"),
            (["--at", "nan"], "--at is from"),
            (["--pdo", "1e-300"], "--pdo is from"), (["--name", ""], "--name has 1 to 64 characters"),
            (["--name", String(repeating: "n", count: 65)], "--name has 1 to 64 characters"),
            (["--description", String(repeating: "d", count: 2001)], "--description has at most 2000 characters"),
        ])
    func bounds(arguments: [String], sentence: String) throws {
        let outcome = try fit(arguments)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains(sentence), "\(outcome.errorText)")
    }

    @Test("the same rows in another order give the same bytes, whatever the threads")
    func sameBytes() throws {
        let first = try fit(["--only", "income", "--threads", "1"])
        let other = try fit(["--only", "income", "--threads", "3"], rows: Self.rows.reversed())
        #expect(first.exitReason == .exited(0) && first.output == other.output)
    }

    @Test("a report of the same data may be written beside the card")
    func report() throws {
        let page = scratch.path("page.html")
        let outcome = try fit(["--only", "income", "--report", page])
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("income"))
    }

    @Test(
        "what cannot be fitted ends with 65 and a sentence that holds no value",
        arguments: [
            ([], "told alone has an AUC of "), (["--only", "income,nowhere"], "there is no column named nowhere"),
            (["--only", "age"], "age is used only with --uses-age"),
            (["--only", "income", "--positive", "2"], "400 good and 0 bad cases are too few"),
        ])
    func refused(arguments: [String], sentence: String) throws {
        let outcome = try fit(arguments)
        #expect(outcome.exitReason == .exited(65))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorText.contains(sentence), "\(outcome.errorText)")
        #expect(!outcome.errorText.contains("lost"))
    }
}
