import Bureau
import Encodings
import Scorecards
import Tables

/// All figures of a scorecard on a sample with known outcomes, and how the sample differs from a baseline.
public struct Validation: Sendable {
    /// A file that was read: its name without folders, and the SHA-256 of its bytes in hexadecimal.
    public struct Source: Hashable, Sendable {
        public let name: String
        public let sha256: String

        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// Where the odds come from against which the calibration is held.
    public enum ScaleOrigin: String, Sendable {
        /// The model card or the caller states them.
        case stated
        /// They were fitted to this sample: its mean agrees by construction.
        case fitted
    }

    public let card: Scorecard
    public let cardHash: String
    public let label: CardSample.Label
    public let data: Source
    public let baseline: Source?
    public let sample: CardSample
    public let baselineSample: CardSample?
    public let scores: ScoreDistribution
    public let baselineScores: ScoreDistribution?
    /// The scores of all rows of the baseline and of the sample, with an outcome or without one; nil without a
    /// baseline.
    public let populations: (expected: ScoreDistribution, actual: ScoreDistribution)?
    public let intervals: (areaUnderCurve: Bootstrap.Interval, kolmogorovSmirnov: Bootstrap.Interval)?
    public let scale: OddsScale?
    public let scaleOrigin: ScaleOrigin
    public let calibration: Calibration?
    public let characteristics: [CharacteristicFigures]
    /// Ten bands of the baseline's scores, or of the sample's own without one.
    public let bands: ScoreBands
    public let stability: StabilityIndex?
    public let twoSamples: KolmogorovSmirnovTest?
    public let ages: AgeComparison?

    /// Computes all figures. The odds are those of `scale`, else those that the model card states by the metrics `pdo`,
    /// `odds` and `at`, else those that fit the sample.
    public init(
        _ file: ScorecardFile, label: CardSample.Label, scale stated: OddsScale?,
        data: (source: Source, sample: CardSample), baseline: (source: Source, sample: CardSample)?
    ) {
        card = file.card
        cardHash = Hexadecimal.text(of: file.hash)
        self.label = label
        self.data = data.source
        self.baseline = baseline?.source
        sample = data.sample
        baselineSample = baseline?.sample
        scores = data.sample.scores
        let scores = scores
        baselineScores = baseline?.sample.scores
        populations = baseline.map { ($0.sample.allScores, data.sample.allScores) }
        intervals = Bootstrap().intervals(of: scores)
        let known = stated ?? file.card.modelCard.flatMap { OddsScale(metrics: $0.metrics) }
        scaleOrigin = known == nil ? .fitted : .stated
        let scale = known ?? LogOddsLine(scores) { $0 }?.scale
        self.scale = scale
        calibration = scale.flatMap { Calibration(scores, promised: $0) }
        let (attributes, expected) = (data.sample.allAttributes, baseline?.sample.allAttributes)
        characteristics = zip(file.card.characteristics, data.sample.attributes).enumerated().map { index, item in
            CharacteristicFigures(
                item.0, counts: item.1, all: attributes[index], baseline: expected?[index])
        }
        bands =
            populations.map { ScoreBands(expected: $0.expected, actual: $0.actual, count: 10) }
            ?? ScoreBands(of: scores, count: 10)
        stability = populations.flatMap { [bands] in
            StabilityIndex(
                expected: bands.counts(of: $0.expected).map(\.total),
                actual: bands.counts(of: $0.actual).map(\.total))
        }
        twoSamples = populations.flatMap { KolmogorovSmirnovTest($0.expected, $0.actual) }
        ages = AgeComparison(data.sample, promised: known)
    }
}

extension OddsScale {
    /// The scale that a model card states by the metrics `pdo`, `odds` and `at`; nil without all three.
    public init?(metrics: [String: Double]) {
        guard let pdo = metrics["pdo"], let odds = metrics["odds"], let at = metrics["at"], pdo > 0, odds > 0 else {
            return nil
        }
        self.init(pointsToDouble: pdo, odds: odds, at: at)
    }
}
