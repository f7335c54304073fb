import Bureau
import Scorecards
import Seeds
import Tables
import Testing

@testable import Modelling

@Suite("Fitting a scorecard")
struct ScorecardFitTests {
    /// A file of invented loans: `income` is safer from 3000 up, `kind` has a rare category, and `noise` tells nothing.
    private static func loans(_ count: Int = 2000, seed: UInt64 = 1) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let income = Int.random(in: 0...9000, using: &generator)
            let kind = ["car", "home", "car", "home", "car", "home", "boat"].randomElement(using: &generator)!
            let isRare = kind == "boat" && Int.random(in: 0..<4, using: &generator) > 0
            let isMissing = Int.random(in: 0..<10, using: &generator) == 0
            let risk = (income < 3000 ? 0.5 : 0.2) + (kind == "home" ? -0.1 : 0.1) + (isMissing ? 0.2 : 0)
            let isBad = Double.random(in: 0..<1, using: &generator) < risk
            let noise = Int.random(in: 0...3, using: &generator)
            return "\(isMissing ? "NA" : "\(income)"),\(isRare ? "car" : kind),\(noise),\(isBad ? 1 : 0)"
        }
    }

    private func sample(
        _ rows: [String], header: String = "income,kind,noise,bad",
        _ selection: DevelopmentSample.Selection = .init(label: "bad")
    ) throws -> DevelopmentSample.Content {
        var rest = Array(([header] + rows).joined(separator: "\n").utf8)[...]
        var reader = try CSVReader { buffer in
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        return try DevelopmentSample.read(&reader, selection)
    }

    private func card(
        _ sample: DevelopmentSample, _ change: (inout ScorecardFit.Options) -> Void = { _ in }
    ) throws -> Scorecard {
        var options = ScorecardFit.Options()
        change(&options)
        return try ScorecardFit(sample, options).card(.init(model: "loans", version: 1, data: "loans", label: "bad"))
    }

    @Test("rows in another order and more threads give the same bytes")
    func sameBytes() throws {
        let rows = Self.loans()
        let first = try ScorecardFile.canonical(card(try sample(rows).sample))
        var generator = SeededGenerator(seed: 2)
        for threads in 1...3 {
            let shuffled = try sample(rows.shuffled(using: &generator)).sample
            #expect(try ScorecardFile.canonical(card(shuffled) { $0.threads = threads }) == first)
        }
        let other = try ScorecardFile.canonical(card(try sample(Self.loans(seed: 3)).sample))
        #expect(other != first)
    }

    @Test("the card scores the cases to what the fit has measured, and better where the risk is lower")
    func cardScores() throws {
        let sample = try sample(Self.loans()).sample
        let fit = try ScorecardFit(sample)
        let card = try fit.card(.init(model: "loans", version: 1, data: "loans", label: "bad"))
        let columns = card.characteristics.map { characteristic in
            sample.columns.first { $0.name == characteristic.name }!
        }
        let scores = (0..<sample.count).map { index in
            let values = columns.map { column -> CharacteristicValue in
                switch column.values {
                case .numbers(let numbers): numbers[index].isNaN ? .missing(.noRecord) : .number(numbers[index])
                case .categories(let names, let codes): .category(names[Int(codes[index])])
                }
            }
            return Double(card.score(values).rawScore)
        }
        let measured = ScorecardFit.Measures(ScoreDistribution(scores: scores, isBad: sample.isBad))
        #expect(measured == fit.measures)
        #expect(measured.areaUnderCurve > 0.6)
        let income = try #require(card.characteristics.first { $0.name == "income" })
        #expect(income.attribute(of: .number(8000)).points > income.attribute(of: .number(1000)).points)
        #expect(income.attribute(of: .missing(.noRecord)).points < income.attribute(of: .number(8000)).points)
        #expect(income.attribute(of: .missing(.truncated)) == income.attribute(of: .missing(.noRecord)))
    }

    @Test("the scale is kept: so many points double the odds, and the sample's mean odds lie where it says")
    func scale() throws {
        let sample = try sample(Self.loans()).sample
        let narrow = try ScorecardFit(sample) { $0.scale = OddsScale(pointsToDouble: 20, odds: 1, at: 500) }
        let wide = try ScorecardFit(sample) { $0.scale = OddsScale(pointsToDouble: 200, odds: 1, at: 500) }
        for (left, right) in zip(narrow.characteristics, wide.characteristics) {
            for (few, many) in zip(left.points, right.points) { #expect(abs(Int(few) * 10 - Int(many)) <= 10) }
        }
        let promised = wide.distribution(of: sample)
        let predicted = zip(promised.scores, promised.counts).reduce(0) { sum, item in
            sum + Double(item.1.total) * wide.options.scale.probabilityOfBad(item.0)
        }
        #expect(abs(predicted / Double(sample.classes.bad) - 1) < 0.02)
    }

    @Test("a rare category counts as any other, and tells nothing")
    func rareCategory() throws {
        let card = try card(try sample(Self.loans()).sample)
        let kind = try #require(card.characteristics.first { $0.name == "kind" })
        guard case .categories(let categories) = kind.table else { return #expect(Bool(false), "categories") }
        #expect(Set(categories.flatMap(\.values)) == ["car", "home"])
        #expect(kind.attribute(of: .category("boat")) == kind.attribute(of: .category("plane")))
    }

    @Test("a column that knows the outcome is refused by name, unless it is allowed", arguments: ["", "no"])
    func leak(_ blank: String) throws {
        let rows = Self.loans().map { row in row + (row.hasSuffix("1") ? ",yes" : ",\(blank)") }
        let sample = try sample(rows, header: "income,kind,noise,bad,collections").sample
        let error = #expect(throws: FitError.self) { try ScorecardFit(sample) }
        guard case .leaks(let leaks) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(leaks.map(\.name) == ["collections"])
        #expect(error?.description.contains("collections alone") == true)
        #expect(try ScorecardFit(sample) { $0.allowsLeaks = true }.measures.areaUnderCurve > 0.99)
    }

    @Test("columns with numbers and texts or with too many texts are left out, and refused when they are asked for")
    func unusableColumns() throws {
        let rows = Self.loans().enumerated().map { "\($0.element),\($0.offset % 2 == 0 ? "x" : "1"),n\($0.offset)" }
        let header = "income,kind,noise,bad,mixed,id"
        let read = try sample(rows, header: header)
        #expect(read.leftOut == ["mixed", "id"])
        #expect(read.sample.columns.map(\.name) == ["income", "kind", "noise"])
        #expect(throws: FitError.mixedColumn("mixed")) {
            try sample(rows, header: header, .init(label: "bad", only: ["mixed"]))
        }
        #expect(throws: FitError.tooManyCategories("id", limit: 200)) {
            try sample(rows, header: header, .init(label: "bad", only: ["id"]))
        }
        let texts = try sample(rows, header: header, .init(label: "bad", only: ["mixed"], categories: ["mixed"]))
        #expect(texts.sample.columns.map(\.name) == ["mixed"])
        #expect(throws: FitError.unknownColumn("nowhere")) {
            try sample(rows, header: header, .init(label: "bad", only: ["nowhere"]))
        }
    }

    @Test(
        "labels are 0, 1, true and false, or a word that is bad",
        arguments: [
            ("0", "1", nil), ("false", "TRUE", nil), ("0.0", "1.0", nil), ("good", "bad", "bad"), ("1", "2", "2"),
        ])
    func labels(good: String, bad: String, positive: String?) throws {
        let read = try sample(
            ["1,\(good)", "2,\(bad)", "3,\(good)"], header: "a,bad", .init(label: "bad", positive: positive))
        #expect(read.sample.isBad == [false, true, false])
    }

    @Test("a row without an outcome is counted, and left out")
    func unlabelled() throws {
        let read = try sample(["1,0", "2,", "3,NA", "4,1"], header: "a,bad")
        #expect(read.sample.isBad == [false, true] && read.unlabelledCount == 2)
    }

    @Test("another label is refused by its line", arguments: ["2", "yes", "-"])
    func unreadableLabel(label: String) {
        #expect(throws: FitError.unreadableLabel(line: 3)) {
            try sample(["1,0", "2,\(label)"], header: "a,bad")
        }
    }

    @Test("too few cases, and columns that tell nothing, give no card")
    func nothingToFit() throws {
        #expect(throws: FitError.tooFewCases(good: 1, bad: 1, needed: 20)) {
            try ScorecardFit(try sample(["1,0", "2,1"], header: "a,bad").sample)
        }
        let constant = (0..<100).map { "7,,\($0 % 2)" }
        #expect(throws: FitError.nothingToFit) {
            try ScorecardFit(try sample(constant, header: "a,b,bad").sample)
        }
    }

    @Test("the age costs nobody points for being older, even where the old fail more often")
    func age() throws {
        var generator = SeededGenerator(seed: 4)
        let rows = (0..<3000).map { _ in
            let age = Int.random(in: 18...90, using: &generator)
            let isBad = Double.random(in: 0..<1, using: &generator) < (age < 30 ? 0.4 : age > 60 ? 0.6 : 0.1)
            return "\(age),\(isBad ? 1 : 0)"
        }
        let card = try card(try sample(rows, header: "age,bad").sample) { $0.rising = [Scorecard.ageName] }
        #expect(card.usesAge)
        let points = (18...90).map { card.characteristics[0].attribute(of: .number(Double($0))).points }
        #expect(points == points.sorted() && points.first != points.last)
    }
}

extension ScorecardFit {
    fileprivate init(_ sample: DevelopmentSample, _ change: (inout Options) -> Void) throws {
        var options = Options()
        change(&options)
        try self.init(sample, options)
    }
}
