import Bureau
import Foundation
import Modelling
import Platform
import Seeds
import Tables
import Testing

@Suite("Scoring the rows of a file")
struct BatchScoringTests {
    /// A field and the value that it stands for.
    private typealias Field = (text: String, value: CharacteristicValue)

    @Test("scores, raw scores, points and reasons of random rows are those of the scorecard itself")
    func sameAsScorecard() throws {
        let card = try SampleCard.card()
        var generator = SeededGenerator(seed: 14)
        let rows = (0..<2000).map { _ in card.characteristics.map { Self.field(of: $0, &generator) } }
        let csv =
            (["id,income,assets,housing,tenure,queries"]
                + rows.enumerated().map { "\($0)," + $1.map { Self.quoted($0.text) }.joined(separator: ",") })
        let run = try BatchRun(card, tellsPoints: true, csv.joined(separator: "\n") + "\n")
        #expect(run.sentence == nil)
        #expect(
            run.lines.first
                == "id,score,rawScore,points_income,points_assets,points_housing,points_tenure,points_queries,"
                + "reason1,reason2,reason3,reason4")
        #expect(run.lines.count == rows.count + 1)
        for (number, row) in rows.enumerated() {
            let score = card.score(row.map(\.value))
            let reasons = score.reasons.map { $0.reason?.code ?? $0.characteristic }
            let fields =
                ["\(number)", "\(score.score)", "\(score.rawScore)"] + score.points.map { "\($0.points)" } + reasons
                + [String](repeating: "", count: 4 - reasons.count)
            #expect(run.lines[number + 1] == fields.joined(separator: ","))
        }
    }

    @Test("other columns pass through as they are, and one with the name of an output is refused by name")
    func otherColumns() throws {
        let run = try BatchRun(
            try SampleCard.card(),
            "note,points_tenure,tenure,queries,income,housing,assets\r\n\"a, \"\"b\"\"\",999,12,0,4000,own,100\r\n")
        #expect(
            run.lines == [
                "note,points_tenure,score,rawScore,reason1,reason2,reason3,reason4",
                "\"a, \"\"b\"\"\",999,620,620,,,,",
            ])
        let taken = try BatchRun(
            try SampleCard.card(), tellsPoints: true,
            "score,reason1,points_tenure,reason5,income,assets,housing,tenure,queries\n9,9,9,9,1,1,own,1,1\n")
        #expect(
            taken.sentence
                == "a column of this name is written, and cannot be read too: score, reason1, points_tenure")
        #expect(taken.lines.isEmpty)
    }

    @Test("an empty field, NA and NaN are missing without a record; a kind of missing value is that kind")
    func missing() throws {
        let run = try BatchRun(
            try SampleCard.card(), tellsPoints: true,
            """
            income,assets,housing,tenure,queries
            ,NA,NaN,null,not_applicable
            truncated,not_known_then,not_applicable,no_record,
            1,1,NA,12,0

            """)
        let points = run.lines.dropFirst().map { $0.split(separator: ",")[2...6].joined(separator: " ") }
        #expect(points == ["7 7 7 7 9", "11 200 9 7 7", "0 -20 7 60 30"])
    }

    @Test("an empty line is a row with an empty field where the file has one column, and no row where it has several")
    func emptyLines() throws {
        let card = try Scorecard(
            model: "one", version: 1, description: "", basePoints: 300,
            characteristics: [try SampleCard.card().characteristics[0]])
        let one = try BatchRun(card, "income\n4000\n\n1\n")
        #expect(one.lines.dropFirst() == ["400,400,,,,", "307,307,NONE,,,", "300,300,MONEY,,,"])
        let several = try BatchRun(card, "income,id\n4000,1\n\n\r\n1,2\n")
        #expect(several.sentence == nil && several.lines.dropFirst() == ["1,400,400,,,,", "2,300,300,MONEY,,,"])
    }

    @Test(
        "a row that cannot be read ends the run, and tells line and column but no value",
        arguments: [
            (
                "income,assets,housing,tenure,queries\n1,1,own,1,1\n1,12x,own,1,1\n",
                "line 3, column assets: not a number"
            ),
            ("income,assets,housing,tenure,queries\n1,1,own,1\n", "line 2 has 4 fields, and the header has 5"),
            ("income,assets,tenure\n", "there is no column housing, no column queries, which the scorecard reads"),
            ("", "there is no line of column names"),
            ("income,assets,housing,tenure,queries\n1,inf,own,1,1\n", "line 2, column assets: not a number"),
        ])
    func unreadable(csv: String, sentence: String) throws {
        let run = try BatchRun(try SampleCard.card(), csv)
        #expect(run.sentence == sentence)
    }

    @Test("rows before the one that cannot be read are written")
    func rowsBefore() throws {
        let run = try BatchRun(
            try SampleCard.card(), "income,assets,housing,tenure,queries\n1,1,own,1,1\n1,x,own,1,1\n")
        #expect(run.lines.count == 2)
    }

    @Test("a full device ends the run with its error")
    func fullDevice() throws {
        let folder = try TestFolder()
        let input = open(
            try folder.write("income,assets,housing,tenure,queries\n1,1,own,1,1\n", to: "rows.csv"), O_RDONLY)
        let output = open("/dev/full", O_WRONLY)
        defer {
            close(input)
            close(output)
        }
        let card = try SampleCard.card()
        do throws(BatchScoring.Failure) {
            _ = try BatchScoring(card).run(from: FileDescriptor(input), to: FileDescriptor(output))
            Issue.record("the run ended well")
        } catch {
            guard case .output(ENOSPC) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    private static func field(of characteristic: ScoredCharacteristic, _ generator: inout SeededGenerator) -> Field {
        let kinds = MissingReason.allCases
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return ("", .missing(.noRecord))
        case 1:
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &generator)]
            return (kind.rawValue, .missing(kind))
        default: break
        }
        switch characteristic.table {
        case .bins(let bins):
            // At a bound, beside it, or anywhere.
            let bounds = bins.flatMap { [$0.from, $0.to].compactMap(\.self) }
            let bound = bounds[Int.random(in: 0..<bounds.count, using: &generator)]
            let number = bound + [0, -1, 1, -0.25, 3000, -3000][Int.random(in: 0..<6, using: &generator)]
            return ("\(number)", .number(number))
        case .categories(let categories):
            let names = categories.flatMap(\.values) + ["unseen", "Own", "own ", "é"]
            let name = names[Int.random(in: 0..<names.count, using: &generator)]
            return (name, .category(name))
        }
    }

    private static func quoted(_ text: String) -> String {
        text.contains { $0 == "," || $0 == "\"" } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
