import Bureau
import Glibc

/// What a score promises: the odds of good to bad cases at one score, and the points that double them.
public struct OddsScale: Hashable, Sendable {
    /// Points to double the odds; not 0.
    public let pointsToDouble: Double
    /// The odds of good to bad cases at the score `at`.
    public let odds: Double
    public let at: Double

    public init(pointsToDouble: Double, odds: Double, at: Double) {
        self.pointsToDouble = pointsToDouble
        self.odds = odds
        self.at = at
    }

    /// The logarithm of the odds of bad to good cases at a score.
    public func logOddsOfBad(_ score: Double) -> Double {
        -(log(odds) + (score - at) / pointsToDouble * log(2))
    }

    /// The probability that a case with this score is bad.
    public func probabilityOfBad(_ score: Double) -> Double { 1 / (1 + exp(-logOddsOfBad(score))) }
}

/// How well the probabilities that a score promises agree with what happened.
public struct Calibration: Hashable, Sendable {
    /// Scores of about equal numbers of cases.
    public struct Band: Hashable, Sendable {
        /// The greatest score of the band; nil for the last one.
        public let upTo: Double?
        public let counts: ClassCounts
        /// The mean probability of bad that was promised to the band's cases.
        public let predicted: Double
        public var observed: Double { Double(counts.bad) / Double(counts.total) }
    }

    public let bands: [Band]
    /// The mean of (probability - outcome)²: 0 is best (Brier 1950).
    public let brier: Double
    /// The mean probability of bad that was promised.
    public let predicted: Double
    /// The share of bad cases.
    public let observed: Double
    /// Hosmer and Lemeshow's statistic over the bands, which is chi-square with as many degrees of freedom as bands
    /// where the score is right and was not fitted on these cases.
    public let hosmerLemeshow: Double
    public let p: Double
    /// The regression of the outcome on the promised log odds (Cox 1958): 0 and 1 where the score is right. A slope
    /// below 1 tells that the score promises too great differences. Nil where no regression exists.
    public let regression: LogOddsLine?

    /// Holds `distribution` against a promise; nil without a case of both classes.
    public init?(_ distribution: ScoreDistribution, promised scale: OddsScale, bands count: Int = 10) {
        let total = distribution.total
        guard total.good > 0, total.bad > 0 else { return nil }
        let partition = ScoreBands(of: distribution, count: count)
        var sums = [Double](repeating: 0, count: partition.count)
        var squares = 0.0
        var band = 0
        for (score, counts) in zip(distribution.scores, distribution.counts) {
            while band < partition.upperBounds.count, score > partition.upperBounds[band] { band += 1 }
            let p = scale.probabilityOfBad(score)
            sums[band] += p * Double(counts.total)
            squares += Double(counts.bad) * (1 - p) * (1 - p) + Double(counts.good) * p * p
        }
        let counts = partition.counts(of: distribution)
        bands = counts.indices.map { index in
            Band(
                upTo: index < partition.upperBounds.count ? partition.upperBounds[index] : nil,
                counts: counts[index], predicted: sums[index] / Double(counts[index].total))
        }
        brier = squares / Double(total.total)
        predicted = sums.reduce(0, +) / Double(total.total)
        observed = Double(total.bad) / Double(total.total)
        hosmerLemeshow = bands.reduce(0) { sum, band in
            let expected = band.predicted * Double(band.counts.total)
            let difference = Double(band.counts.bad) - expected
            return sum + difference * difference / (expected * (1 - band.predicted))
        }
        p = ChiSquare(degrees: bands.count).survival(hosmerLemeshow)
        regression = LogOddsLine(distribution) { scale.logOddsOfBad($0) }
    }
}

/// The logistic regression of the class on one number: log odds of bad = intercept + slope · number.
public struct LogOddsLine: Hashable, Sendable {
    public let intercept: Double
    public let slope: Double

    /// Fits by Newton's method; nil where the greatest likelihood lies at no finite line.
    public init?(_ distribution: ScoreDistribution, number: (Double) -> Double) {
        let total = distribution.total
        guard total.good > 0, total.bad > 0, distribution.scores.count > 1 else { return nil }
        let numbers = distribution.scores.map(number)
        // Centred and scaled, so that the two equations are of one size.
        let mean = zip(numbers, distribution.counts).reduce(0) { $0 + $1.0 * Double($1.1.total) } / Double(total.total)
        let spread = numbers.reduce(0) { max($0, abs($1 - mean)) }
        guard spread > 0, spread.isFinite else { return nil }
        var (a, b) = (log(Double(total.bad) / Double(total.good)), 0.0)
        for _ in 0..<60 {
            var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for (number, counts) in zip(numbers, distribution.counts) {
                let x = (number - mean) / spread
                let p = 1 / (1 + exp(-(a + b * x)))
                let (n, residual) = (Double(counts.total), Double(counts.bad) - Double(counts.total) * p)
                ga += residual
                gb += residual * x
                haa += n * p * (1 - p)
                hab += n * p * (1 - p) * x
                hbb += n * p * (1 - p) * x * x
            }
            let determinant = haa * hbb - hab * hab
            guard determinant > 1e-12 * haa * haa else { return nil }
            let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant)
            a += da
            b += db
            guard abs(a) < 1e3, abs(b) < 1e3 else { return nil }
            if abs(da) + abs(db) < 1e-13 * (1 + abs(a) + abs(b)) { break }
        }
        slope = b / spread
        intercept = a - slope * mean
    }

    /// The scale of a score whose regression this is; nil where a higher score is not a lower risk.
    public var scale: OddsScale? {
        guard slope < 0 else { return nil }
        return OddsScale(pointsToDouble: -log(2) / slope, odds: exp(-intercept), at: 0)
    }
}
