import Bureau
import Foundation
import Modelling
import Testing

/// What scikit-learn, OptBinning, SciPy and statsmodels answered, as `Tests/Oracles/score_statistics.py` wrote it.
private struct Answers: Decodable {
    struct Scale: Decodable {
        let pointsToDouble, odds, at: Double
    }
    struct Sample: Decodable {
        let name: String
        let scores: [Double]
        let good, bad: [Int]
        let answers: Measures
    }
    struct Measures: Decodable {
        let auc, gini, ks, brier, intercept, slope: Double
    }
    struct Bins: Decodable {
        let name: String
        let good, bad: [Int]
        let iv: Double
        let woe: [Double]
    }
    struct Stability: Decodable {
        let expected, actual: [Int]
        let psi, limit: Double
    }
    struct TwoSamples: Decodable {
        let first, second: [Double]
        let statistic, p, exact: Double
    }
    struct Survival: Decodable {
        let degrees: Int
        let value, survival: Double
    }

    let scale: Scale
    let samples: [Sample]
    let bins: [Bins]
    let stability: [Stability]
    let twoSamples: [TwoSamples]
    let chiSquare: [Survival]

    static let kept = Result {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try JSONDecoder().decode(
            Answers.self, from: Data(contentsOf: folder.appending(path: "Fixtures/statistics.json")))
    }
}

extension Double {
    /// Whether both are the same to nine digits.
    fileprivate func agrees(with other: Double) -> Bool { abs(self - other) <= 1e-9 * max(1, abs(other)) }
}

@Suite("Statistics against scikit-learn, OptBinning, SciPy and statsmodels")
struct StatisticsTests {
    @Test("AUC, Gini, KS, Brier score, calibration slope and intercept are theirs to 1e-9, with and without ties")
    func measures() throws {
        let answers = try Answers.kept.get()
        let scale = OddsScale(
            pointsToDouble: answers.scale.pointsToDouble, odds: answers.scale.odds, at: answers.scale.at)
        for sample in answers.samples {
            let distribution = ScoreDistribution(
                zip(sample.scores, zip(sample.good, sample.bad).map { ClassCounts(good: $0, bad: $1) })
                    .map { ($0, $1) })
            let expected = sample.answers
            #expect(try #require(distribution.areaUnderCurve).agrees(with: expected.auc), "\(sample.name)")
            #expect(try #require(distribution.gini).agrees(with: expected.gini), "\(sample.name)")
            #expect(try #require(distribution.kolmogorovSmirnov).value.agrees(with: expected.ks), "\(sample.name)")
            let calibration = try #require(Calibration(distribution, promised: scale))
            #expect(calibration.brier.agrees(with: expected.brier), "\(sample.name)")
            let line = try #require(calibration.regression)
            #expect(line.intercept.agrees(with: expected.intercept), "\(sample.name)")
            #expect(line.slope.agrees(with: expected.slope), "\(sample.name)")
        }
    }

    @Test("weights of evidence and information values are OptBinning's, bins without a class included")
    func evidence() throws {
        for bins in try Answers.kept.get().bins {
            let evidence = Evidence(zip(bins.good, bins.bad).map { ClassCounts(good: $0, bad: $1) })
            #expect(evidence.informationValue.agrees(with: bins.iv), "\(bins.name)")
            for (weight, expected) in zip(evidence.weights, bins.woe) {
                #expect((weight ?? 0).agrees(with: expected), "\(bins.name)")
            }
        }
    }

    @Test("the stability index is OptBinning's, and its limit by chance SciPy's quantile")
    func stability() throws {
        for item in try Answers.kept.get().stability {
            let index = try #require(StabilityIndex(expected: item.expected, actual: item.actual))
            #expect(index.value.agrees(with: item.psi))
            #expect(index.limitByChance.agrees(with: item.limit))
        }
    }

    @Test("the test of two samples has SciPy's statistic and limit, and is near its exact p")
    func twoSamples() throws {
        for item in try Answers.kept.get().twoSamples {
            let test = try #require(
                KolmogorovSmirnovTest(Self.distribution(item.first), Self.distribution(item.second)))
            #expect(test.statistic.agrees(with: item.statistic))
            #expect(test.p.agrees(with: item.p))
            #expect(abs(test.p - item.exact) < 0.02)
        }
    }

    @Test("the chi-square distribution is SciPy's")
    func chiSquare() throws {
        for item in try Answers.kept.get().chiSquare {
            let found = ChiSquare(degrees: item.degrees).survival(item.value)
            #expect(abs(found - item.survival) <= 1e-12 + 1e-9 * item.survival, "\(item.degrees), \(item.value)")
        }
    }

    private static func distribution(_ scores: [Double]) -> ScoreDistribution {
        ScoreDistribution(scores: scores, isBad: [Bool](repeating: false, count: scores.count))
    }
}

@Suite("Properties of statistics")
struct StatisticsPropertyTests {
    /// 400 cases in which low scores are more often bad.
    private static let sample = ScoreDistribution(
        (0..<40).map { step in (Double(step * 5), ClassCounts(good: 4 + step / 5, bad: 6 - step / 8)) })

    @Test("a sample of one class has no measure, instead of a number that means nothing")
    func oneClass() {
        let distribution = ScoreDistribution(scores: [1, 2, 3], isBad: [false, false, false])
        #expect(distribution.areaUnderCurve == nil)
        #expect(distribution.kolmogorovSmirnov == nil)
        #expect(Calibration(distribution, promised: OddsScale(pointsToDouble: 50, odds: 19, at: 600)) == nil)
    }

    @Test("gains count every case once, and end at all bad cases")
    func gains() throws {
        let rows = Self.sample.gains()
        #expect(rows.count == 10)
        #expect(rows.reduce(ClassCounts()) { $0 + $1.counts } == Self.sample.total)
        let last = try #require(rows.last)
        #expect(last.badShare == 1 && last.caseShare == 1 && last.lift == 1)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { ($0.lift ?? 0) > ($1.lift ?? 0) })
    }

    @Test("bands never split a score, and are about equal")
    func bands() {
        let bands = ScoreBands(of: Self.sample, count: 10)
        let counts = bands.counts(of: Self.sample).map(\.total)
        #expect(counts.allSatisfy { $0 > 20 && $0 < 70 })
        #expect(
            ScoreBands(of: ScoreDistribution(scores: [7, 7, 7], isBad: [true, false, true]), count: 10).count == 1)
    }

    @Test(
        "people who leave the score of nearly all are seen, whichever end it is",
        arguments: [(554.0, 198.0), (198, 554)], [1.0, 0.95, 0.5])
    func concentrated(scores: (Double, Double), share: Double) throws {
        func sample(_ first: Int) -> ScoreDistribution {
            ScoreDistribution([
                (scores.0, ClassCounts(good: first)), (scores.1, ClassCounts(good: 200 - first)),
            ])
        }
        let (expected, actual) = (sample(Int(200 * share)), sample(10))
        let bands = ScoreBands(expected: expected, actual: actual, count: 10)
        let index = try #require(
            StabilityIndex(
                expected: bands.counts(of: expected).map(\.total), actual: bands.counts(of: actual).map(\.total)))
        #expect(index.reading == .large)
        let same = try #require(
            StabilityIndex(
                expected: bands.counts(of: expected).map(\.total), actual: bands.counts(of: expected).map(\.total)))
        #expect(same.value == 0)
    }

    @Test("a baseline of many scores has the bands of its deciles")
    func bandsOfBaseline() {
        let bands = ScoreBands(expected: Self.sample, actual: Self.sample, count: 10)
        #expect(bands == ScoreBands(of: Self.sample, count: 10))
    }

    @Test("intervals hold the measure, are the same again, and narrow with the cases")
    func intervals() throws {
        let area = try #require(Self.sample.areaUnderCurve)
        let few = try #require(Bootstrap().intervals(of: Self.sample)).areaUnderCurve
        #expect(few.low < area && area < few.high)
        #expect(Bootstrap().intervals(of: Self.sample)?.areaUnderCurve == few)
        let many = ScoreDistribution(
            zip(Self.sample.scores, Self.sample.counts).map {
                ($0, ClassCounts(good: 100 * $1.good, bad: 100 * $1.bad))
            })
        let narrow = try #require(Bootstrap().intervals(of: many)).areaUnderCurve
        // A hundred times the cases make an interval of a tenth.
        #expect(abs((few.high - few.low) / (narrow.high - narrow.low) - 10) < 2)
    }

    @Test("an interval is as wide as Hanley and McNeil's standard error says")
    func standardError() throws {
        let (area, total) = (try #require(Self.sample.areaUnderCurve), Self.sample.total)
        let (q1, q2) = (area / (2 - area), 2 * area * area / (1 + area))
        let variance =
            (area * (1 - area) + Double(total.bad - 1) * (q1 - area * area)
                + Double(total.good - 1) * (q2 - area * area)) / Double(total.bad * total.good)
        let interval = try #require(Bootstrap().intervals(of: Self.sample)).areaUnderCurve
        #expect(abs((interval.high - interval.low) / (2 * 1.96 * variance.squareRoot()) - 1) < 0.1)
    }

    @Test("a stability index of equal shares is 0, of an empty bin finite, and of small samples within chance")
    func stability() throws {
        #expect(StabilityIndex(expected: [10, 20], actual: [100, 200])?.value == 0)
        #expect(try #require(StabilityIndex(expected: [10, 0], actual: [10, 10])).value.isFinite)
        #expect(StabilityIndex(expected: [0, 0], actual: [1, 1]) == nil)
        // 0.2 would be called moderate, but two samples of 60 differ as much.
        let small = try #require(StabilityIndex(expected: [6, 6, 6, 6, 6], actual: [9, 7, 6, 5, 3]))
        #expect(small.value > 0.1 && small.reading == .withinChance)
        let large = try #require(StabilityIndex(expected: [600, 600, 600], actual: [1200, 300, 300]))
        #expect(large.reading == .large)
    }

    @Test("the regression of a score gives back the odds scale that made it")
    func scale() throws {
        let scale = OddsScale(pointsToDouble: 40, odds: 9, at: 500)
        // Ten million cases a score, so that the counts have the promised shares to seven digits.
        let scores = Array(stride(from: 300.0, through: 700, by: 20))
        let exact = ScoreDistribution(
            scores.map { score in
                let bad = Int((scale.probabilityOfBad(score) * 1e7).rounded())
                return (score, ClassCounts(good: 10_000_000 - bad, bad: bad))
            })
        let found = try #require(LogOddsLine(exact) { $0 }?.scale)
        #expect(abs(found.pointsToDouble - 40) < 0.001)
        #expect(abs(found.probabilityOfBad(500) - 0.1) < 1e-6)
        let calibration = try #require(Calibration(exact, promised: scale))
        #expect(abs(calibration.predicted - calibration.observed) < 1e-7)
        #expect(calibration.p > 0.99)
    }
}
