import Bureau
import Foundation
import JSON
import Modelling
import Scorecards
import Seeds
import Tables
import Testing

/// Rows with outcomes for `SampleCard`: a lower score is more often bad.
private enum SampleRows {
    static func csv(count: Int, seed: UInt64, ages: ClosedRange<Int> = 18...75, extra: String = "") throws -> String {
        let card = try SampleCard.card()
        var generator = SeededGenerator(seed: seed)
        var lines = ["income,assets,housing,tenure,queries,age,bad"]
        for _ in 0..<count {
            let income = Int.random(in: 0...6000, using: &generator)
            let assets = Int.random(in: 0...1000, using: &generator)
            let housing = ["own", "rent", "other", ""].randomElement(using: &generator) ?? ""
            let tenure = Int.random(in: 0...40, using: &generator)
            let queries = Int.random(in: 0...2, using: &generator)
            let score = card.score([
                .number(Double(income)), .number(Double(assets)),
                housing.isEmpty ? .missing(.noRecord) : .category(housing), .number(Double(tenure)),
                .number(Double(queries)),
            ]).rawScore
            let isBad = Double.random(in: 0..<1, using: &generator) < 1 / (1 + exp((Double(score) - 380) / 40))
            let age = Int.random(in: ages, using: &generator)
            lines.append("\(income),\(assets),\(housing),\(tenure),\(queries),\(age),\(isBad ? 1 : 0)")
        }
        return lines.joined(separator: "\n") + "\n" + extra
    }

    static func sample(_ csv: String, _ card: Scorecard, label: CardSample.Label = .init(column: "bad")) throws
        -> CardSample
    {
        var rest = Array(csv.utf8)[...]
        var reader = try CSVReader { buffer in
            let piece = rest.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
        return try CardSample(CompiledScorecard(card), label: label, reading: &reader)
    }

    static func validation(
        _ card: Scorecard, _ csv: String, baseline: String? = nil, name: String = "data.csv"
    ) throws -> Validation {
        Validation(
            ScorecardFile(card), label: .init(column: "bad"), scale: nil,
            data: (.init(name: name, sha256: "00"), try sample(csv, card)),
            baseline: try baseline.map { (.init(name: "base.csv", sha256: "11"), try sample($0, card)) })
    }
}

@Suite("Validation of a scorecard")
struct ValidationTests {
    @Test("figures are those of the scores, each case counts once, and rows without an outcome are left out")
    func figures() throws {
        let card = try SampleCard.card()
        let csv = try SampleRows.csv(count: 3000, seed: 1, extra: "1,1,own,1,1,30,\n1,1,own,1,1,30,NA\n")
        let validation = try SampleRows.validation(card, csv)
        #expect(validation.sample.rowCount == 3002)
        #expect(validation.sample.unlabelledCount == 2)
        #expect(validation.scores.total.total == 3000)
        for item in validation.characteristics {
            #expect(item.rows.reduce(0) { $0 + $1.counts.total } == 3000, "\(item.name)")
        }
        #expect(try #require(validation.scores.areaUnderCurve) > 0.7)
        let housing = try #require(validation.characteristics.first { $0.name == "housing" })
        #expect(housing.rows.contains { $0.kind == .other && $0.counts.total > 500 })
        #expect(housing.missing.first { $0.reason == .noRecord }?.count ?? 0 > 500)
    }

    @Test("a sample against another of the same people is within chance, and against others beyond it")
    func stability() throws {
        let card = try SampleCard.card()
        let base = try SampleRows.csv(count: 4000, seed: 2)
        let same = try SampleRows.validation(card, try SampleRows.csv(count: 1500, seed: 3), baseline: base)
        #expect(try #require(same.stability).reading == .withinChance)
        #expect(try #require(same.twoSamples).p > 0.01)
        #expect(same.characteristics.allSatisfy { $0.stability != nil })
        let poor = try SampleRows.csv(count: 1500, seed: 3).replacing(",own,", with: ",rent,")
            .split(separator: "\n").enumerated()
            .filter { number, line in number == 0 || (Int(line.prefix { $0 != "," }) ?? 0) < 2500 }
            .map(\.element).joined(separator: "\n")
        let shifted = try SampleRows.validation(card, poor, baseline: base)
        #expect(try #require(shifted.stability).reading == .large)
        #expect(try #require(shifted.twoSamples).p < 1e-6)
    }

    @Test("stability counts rows without an outcome too; where no row has one, the page says so")
    func unlabelledStability() throws {
        let card = try SampleCard.card()
        let base = try SampleRows.csv(count: 2000, seed: 2)
        let recent = try SampleRows.csv(count: 900, seed: 3)
        func unlabelled(_ keep: (Int) -> Bool) -> String {
            recent.split(separator: "\n").enumerated().map { number, line in
                number == 0 || keep(number) ? String(line) : line.dropLast() + ""
            }.joined(separator: "\n")
        }
        let whole = try SampleRows.validation(card, recent, baseline: base)
        for text in [unlabelled { $0 % 3 == 0 }, unlabelled { _ in false }] {
            let validation = try SampleRows.validation(card, text, baseline: base)
            #expect(validation.stability?.value == whole.stability?.value)
            #expect(validation.twoSamples?.p == whole.twoSamples?.p)
            let indices = validation.characteristics.map { $0.stability?.value }
            #expect(indices == whole.characteristics.map { $0.stability?.value })
            #expect(validation.sample.unlabelledCount == 900 - validation.scores.total.total)
            let page = String(decoding: ValidationPage(validation, maker: "test").bytes, as: UTF8.self)
            #expect(page.contains("No row has an outcome") == (validation.scores.total.total == 0))
            #expect(!page.contains("All cases have the same outcome"))
        }
    }

    @Test("groups of age with fewer than ten cases are merged, and no row is about fewer")
    func ages() throws {
        let card = try SampleCard.card()
        let old = "1,1,own,1,1,80,0\n3000,500,own,20,0,90,1\n"
        let csv = try SampleRows.csv(count: 400, seed: 4, ages: 27...50, extra: old)
        let comparison = try #require(try SampleRows.validation(card, csv).ages)
        #expect(comparison.rows.allSatisfy { $0.counts.total >= AgeComparison.leastCases })
        #expect(comparison.rows.reduce(0) { $0 + $1.counts.total } == 402)
        #expect(comparison.rows.last?.years.from == 46)
        #expect(comparison.rows.last?.years.to == nil)
        #expect(comparison.rows.allSatisfy { row in row.approvals.allSatisfy { ($0.ratio ?? 0) > 0.5 } })
    }

    @Test("an outcome that is neither 0 nor 1 is told by line and column; --positive names any other value")
    func labels() throws {
        let card = try SampleCard.card()
        let csv = "income,assets,housing,tenure,queries,status\n1,1,own,1,1,paid\n1,1,own,1,1,lost\n"
        #expect(throws: RowError.notALabel(line: 2, column: "status")) {
            try SampleRows.sample(csv, card, label: .init(column: "status"))
        }
        let sample = try SampleRows.sample(csv, card, label: .init(column: "status", positive: "lost"))
        #expect(sample.scores.total == ClassCounts(good: 1, bad: 1))
        #expect(throws: CSVError.unknownColumn("bad")) { try SampleRows.sample(csv, card) }
    }
}

@Suite("The page of a validation")
struct ValidationPageTests {
    private func page(_ validation: Validation) -> String {
        String(decoding: ValidationPage(validation, maker: "creditd test").bytes, as: UTF8.self)
    }

    @Test("the same card and data give the same bytes")
    func deterministic() throws {
        let card = try SampleCard.card()
        let csv = try SampleRows.csv(count: 800, seed: 5)
        #expect(page(try SampleRows.validation(card, csv)) == page(try SampleRows.validation(card, csv)))
    }

    @Test("a page has no script, asks for nothing, is below 500 kB, and closes each element")
    func shape() throws {
        let card = try SampleCard.card()
        let validation = try SampleRows.validation(
            card, try SampleRows.csv(count: 5000, seed: 6), baseline: try SampleRows.csv(count: 5000, seed: 7))
        let html = page(validation)
        #expect(html.utf8.count < 500_000)
        for word in ["<script", "http:", "https:", "url(", "@import", " src=", " href=", "<link", "<iframe", " on"] {
            let text = word == " on" ? #/<[^>]* on[a-z]+=/# : try Regex(NSRegularExpression.escapedPattern(for: word))
            #expect(!html.contains(text), "\(word)")
        }
        #expect(Self.openElements(html) == [])
        for heading in [
            "ROC curve", "Gains", "Calibration", "Points and evidence", "Stability", "missing", "Groups of age",
        ] {
            #expect(html.contains(heading), "\(heading)")
        }
        #expect(html.contains("prefers-color-scheme:dark"))
    }

    @Test("names and texts of a card and a file are text, never markup")
    func escaping() throws {
        let plain = try SampleCard.card()
        let hostile = "</title><script>alert('1')</script>&\"\u{0}\u{1B}"
        let first = try #require(plain.characteristics.first)
        let card = try Scorecard(
            model: hostile, version: 1, description: hostile, basePoints: 0,
            characteristics: [
                ScoredCharacteristic(
                    name: first.name, unit: hostile, baseline: 0, table: first.table, missing: first.missing),
                ScoredCharacteristic(
                    name: "housing", baseline: 0,
                    table: .categories([PointsCategory(values: [hostile], AttributePoints(1))]),
                    other: AttributePoints(0), missing: first.missing),
            ],
            modelCard: ModelCard(owner: hostile, label: hostile, metrics: [hostile: 1], limits: hostile))
        let html = page(try SampleRows.validation(card, try SampleRows.csv(count: 100, seed: 8), name: hostile))
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\u{FFFD}\u{FFFD}"))
        #expect(Self.openElements(html) == [])
    }

    @Test("a sample of one class, and one of a single row, have a page that says so")
    func degenerate() throws {
        let card = try SampleCard.card()
        let csv = "income,assets,housing,tenure,queries,bad\n1,1,own,1,1,0\n"
        let html = page(try SampleRows.validation(card, csv, baseline: csv))
        #expect(html.contains("All cases have the same outcome"))
        #expect(!html.contains("nan") && !html.contains("inf "))
        let empty = page(try SampleRows.validation(card, "income,assets,housing,tenure,queries,bad\n"))
        #expect(Self.openElements(empty) == [])
    }

    @Test("the JSON holds the same figures, to the last digit")
    func json() throws {
        let card = try SampleCard.card()
        let validation = try SampleRows.validation(
            card, try SampleRows.csv(count: 900, seed: 9), baseline: try SampleRows.csv(count: 900, seed: 10))
        let bytes = ValidationJSON(validation, maker: "creditd test").bytes
        let document = try Document(bytes)
        document.withRoot { root in
            func number(_ value: Value?) -> Double? {
                value.flatMap { Double(String(decoding: $0.rawText, as: UTF8.self)) }
            }
            let discrimination = root["discrimination"]
            #expect(number(discrimination?["auc"]) == validation.scores.areaUnderCurve)
            #expect(number(discrimination?["ks"]) == validation.scores.kolmogorovSmirnov?.value)
            #expect(number(root["psi"]?["value"]) == validation.stability?.value)
            let values = root["characteristics"]?.elements.map { number($0["iv"]) }
            #expect(values == validation.characteristics.map(\.informationValue))
            #expect((root["ages"]?["groups"]?.count ?? 0) > 2)
        }
    }

    /// The elements that a page opens and does not close in order; those without content are passed over.
    private static func openElements(_ html: String) -> [String] {
        var open: [String] = []
        for match in html.matches(of: #/<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>/#) {
            let name = String(match.output.2)
            if ["meta", "br"].contains(name) || !match.output.3.isEmpty { continue }
            if match.output.1.isEmpty {
                open.append(name)
            } else if open.last == name {
                open.removeLast()
            } else {
                return open + ["/" + name]
            }
        }
        return open
    }
}
