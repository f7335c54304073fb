import Testing
import Transcripts

/// `creditd score run` and `creditd score validate`: output, exit codes, and what is said of wrong rows.
@Suite("Scorecards on files of rows")
struct ScoreFilesTests {
    private let scratch: ScratchFolder
    private let card: String

    init() throws {
        scratch = try ScratchFolder()
        card = try scratch.write(text: Self.card, to: "card.json")
    }

    private static let card = """
        {"format": 2, "model": "files", "version": 1, "role": "champion", "description": "for tests", "usesAge": false,
         "requiresConsent": false, "basePoints": 400, "characteristics": [
         {"characteristic": "income", "unit": "cents", "baseline": 100,
          "bins": [{"to": 2500.5, "points": 0, "reason": {"code": "LOW"}}, {"from": 2500.5, "points": 100}],
          "missing": {"no_record": {"points": 10}, "not_applicable": {"points": 10}, "truncated": {"points": 10},
                      "not_known_then": {"points": 10}}},
         {"characteristic": "housing", "baseline": 50, "categories": [{"values": ["own"], "points": 50}],
          "other": {"points": 0},
          "missing": {"no_record": {"points": 5}, "not_applicable": {"points": 5}, "truncated": {"points": 5},
                      "not_known_then": {"points": 5}}}]}
        """

    private func score(_ arguments: [String], input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["score"] + arguments, in: scratch).finish(writing: Array(input.utf8))
    }

    @Test("rows go in and come out with their score and reasons, other columns as they were")
    func run() throws {
        let outcome = try score(["run", card], input: "id,income,housing\n\"a,1\",2500.5,own\nb,2500.4,rent\nc,,\n")
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(
            outcome.text == """
                id,score,rawScore,reason1,reason2,reason3,reason4
                "a,1",550,550,,,,
                b,400,400,LOW,housing,,
                c,415,415,income,housing,,

                """)
    }

    @Test("check tells what keeps a card from being served, which is valid for rows nevertheless")
    func cannotBeServed() throws {
        let served = try score(["check", card])
        #expect(served.exitReason == .exited(0) && !served.text.contains("cannot be served"), "\(served.text)")
        let text = Self.card.replacing(#""unit": "cents""#, with: #""unit": "years""#)
            .replacing(#""characteristic": "housing""#, with: #""characteristic": "sector""#)
        let odd = try score(["check", "-"], input: text)
        #expect(odd.exitReason == .exited(0), "\(odd.errorText)")
        #expect(odd.text.contains(#"cannot be served: income: the unit is "years", and in the catalogue "cents""#))
        #expect(odd.text.contains("cannot be served: the catalogue has no sector"), "\(odd.text)")
    }

    @Test("a row that cannot be read is told by line and column, never by its value")
    func wrongRow() throws {
        let outcome = try score(["run", card], input: "income,housing\n1,own\n98765x,own\n")
        #expect(outcome.exitReason == .exited(65))
        #expect(outcome.errorText.contains("line 3, column income: not a number"))
        #expect(!outcome.errorText.contains("98765"))
    }

    @Test("a column with the name of one that is written ends the run before any row")
    func takenColumn() throws {
        let outcome = try score(["run", card], input: "score,income,housing\n9,1,own\n")
        #expect(outcome.exitReason == .exited(65) && outcome.output.isEmpty)
        #expect(outcome.errorText.contains("cannot be read too: score"))
    }

    @Test("a card of purchases that does not say requiresConsent is refused, and a model's name is printed safely")
    func check() throws {
        let purchases = try scratch.write(
            text: Self.card.replacing("\"income\"", with: "\"cardSpend90\""), to: "purchases.json")
        let refused = try score(["check", purchases])
        #expect(refused.exitReason == .exited(65))
        #expect(refused.errorText.contains("cardSpend90: a scorecard that gives points for it must say"))
        let name = try scratch.write(
            text: Self.card.replacing("\"files\"", with: #""a\u001b[2J\nb""#), to: "name.json")
        #expect(try score(["check", name]).text.contains("name.json: a\u{FFFD}[2J\u{FFFD}b 1, 2 characteristics"))
    }

    @Test("a full device and a closed pipe end with 74")
    func lostOutput() throws {
        let rows = "awk 'BEGIN { print \"income,housing\"; for (i = 0; i < 300000; i++) print i \",own\" }'"
        let script = """
            \(rows) | "$0" score run "$1" > /dev/full; echo ${PIPESTATUS[1]}
            \(rows) | "$0" score run "$1" | head -n 1 > /dev/null; echo ${PIPESTATUS[1]}
            """
        let outcome = try ChildProcess.start(
            "/usr/bin/env", ["bash", "-c", script, try Binary.creditd(), card], in: scratch
        ).finish()
        #expect(outcome.text == "74\n74\n", "\(outcome.errorText)")
    }

    @Test("a validation is one page, the same again, and the same figures as JSON; --output names a file")
    func validate() throws {
        let rows = (0..<200).map { "\($0 * 50),\($0 % 3 == 0 ? "own" : "rent"),\(20 + $0 % 50),\($0 % 7 < 3 ? 1 : 0)" }
        let data = try scratch.write(lines: ["income,housing,age,bad"] + rows, to: "rows.csv")
        let page = try score(["validate", card, data, "--baseline", data])
        #expect(page.exitReason == .exited(0), "\(page.errorText)")
        #expect(page.text.hasPrefix("<!DOCTYPE html>"))
        #expect(try score(["validate", card, data, "--baseline", data]).output == page.output)
        let json = try score(["validate", card, data, "--json"])
        #expect(json.text.contains(#""discrimination":{"cases":200,"bad":"#))
        let path = "\(data).html"
        let silent = try score(["validate", card, data, "--baseline", data, "--output", path])
        #expect(silent.exitReason == .exited(0) && silent.output.isEmpty)
    }

    @Test(
        "what is not there, and what does not fit, have their exit codes",
        arguments: [
            (["run", "absent.json"], 66), (["validate", "CARD", "absent.csv"], 66),
            (["validate", "CARD", "ROWS", "--label", "nope"], 65), (["validate", "CARD", "ROWS", "--pdo", "50"], 64),
            (["validate", "CARD", "ROWS", "--output", "/nowhere/report.html"], 74),
        ] as [([String], Int32)])
    func failures(arguments: [String], status: Int32) throws {
        let rows = try scratch.write(lines: ["income,housing,bad", "1,own,0"], to: "rows.csv")
        let outcome = try score(arguments.map { $0 == "CARD" ? card : $0 == "ROWS" ? rows : $0 })
        #expect(outcome.exitReason == .exited(status), "\(outcome.errorText)")
        #expect(outcome.output.isEmpty)
    }
}
