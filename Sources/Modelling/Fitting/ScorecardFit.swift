import Bureau
import Glibc
import Scorecards

/// A scorecard's points, fitted to a sample: bins, weights of evidence, a logistic regression, and a scale.
///
/// The same cases give the same points, whatever their order and the number of threads.
public struct ScorecardFit: Sendable {
    /// What a fit is asked for.
    public struct Options: Sendable {
        public var scale = OddsScale(pointsToDouble: 50, odds: 19, at: 600)
        /// Whether a column may be used that tells good from bad too well to have been known beforehand.
        public var allowsLeaks = false
        /// The columns whose weights of evidence may only rise, so that greater numbers are safer.
        public var rising: Set<String> = []
        /// The parts into which the sample is cut to measure the fit on cases that it has not seen; below 2: none.
        public var folds = 5
        /// Changes which cases lie in which fold.
        public var foldSeed: UInt64 = 0
        public var threads = 1

        public init() {}
    }

    /// How well the points, as whole numbers, tell good from bad cases.
    public struct Measures: Hashable, Sendable {
        public let areaUnderCurve: Double
        public let gini: Double
        public let kolmogorovSmirnov: Double
    }

    /// A characteristic with its points.
    public struct Characteristic: Sendable {
        let bins: CharacteristicBins
        public let coefficient: Double
        /// In the order of `bins.counts`.
        public let points: [Int32]

        public var name: String { bins.name }
        public var informationValue: Double { bins.informationValue }
    }

    /// The fewest good, and the fewest bad cases.
    public static let minimumCases = 20
    /// What a single column is refused above, unless leaks are allowed.
    public static let greatestAreaUnderCurve = 0.95
    public static let greatestInformationValue = 1.0

    public let options: Options
    public let classes: ClassCounts
    public let basePoints: Int32
    /// In the order of the columns; those that tell nothing or against their own direction are not there.
    public let characteristics: [Characteristic]
    /// The names of columns that are not in the scorecard.
    public let dropped: [String]
    /// On the sample itself.
    public let measures: Measures
    /// The mean over the folds, each scored by a fit to the others; nil without folds.
    public private(set) var outOfFold: Measures?

    /// Fits a scorecard. Throws `FitError`.
    public init(_ sample: DevelopmentSample, _ options: Options = Options()) throws(FitError) {
        try self.init(whole: sample, options)
        outOfFold = try Self.outOfFold(sample, options)
    }

    private init(whole sample: DevelopmentSample, _ options: Options) throws(FitError) {
        let classes = sample.classes
        guard min(classes.good, classes.bad) >= Self.minimumCases else {
            throw .tooFewCases(good: classes.good, bad: classes.bad, needed: Self.minimumCases)
        }
        guard !sample.columns.isEmpty else { throw .noColumns(leftOut: [], identities: []) }
        let isBad = sample.isBad
        let all = Concurrently.map(sample.columns.count, threads: options.threads) { index in
            let column = sample.columns[index]
            let trends = options.rising.contains(column.name) ? [.rising] : MonotoneBinning.Trend.allCases
            return CharacteristicBins(column, isBad: isBad, total: classes, trends: trends)
        }
        if !options.allowsLeaks { try Self.refuseLeaks(all) }
        let informative = all.filter(\.isInformative)
        guard !informative.isEmpty else { throw .nothingToFit }
        let combinations = AttributeCombinations(informative.map(\.attributes), isBad: isBad)
        let model = RidgeLogistic(combinations, weights: informative.map(\.weights), threads: options.threads)
        let points = try ScaledPoints(informative.map(\.weights), model, options.scale)

        self.options = options
        self.classes = classes
        basePoints = points.base
        characteristics = informative.indices.compactMap { index in
            // Whole points may leave nothing of a small difference.
            guard points.tables[index].contains(where: { $0 != 0 }) else { return nil }
            return Characteristic(
                bins: informative[index], coefficient: model.coefficients[index], points: points.tables[index])
        }
        guard !characteristics.isEmpty else { throw .nothingToFit }
        guard characteristics.count <= Scorecard.maximumCharacteristics else {
            throw .tooManyColumns(characteristics.count, limit: Scorecard.maximumCharacteristics)
        }
        let kept = Set(characteristics.map(\.name))
        dropped = sample.columns.map(\.name).filter { !kept.contains($0) }
        measures = Measures(combinations.distribution(of: points.tables.map { $0.map(Int.init) }))
    }

    private static func refuseLeaks(_ columns: [CharacteristicBins]) throws(FitError) {
        let leaks = columns.filter {
            $0.areaUnderCurve > greatestAreaUnderCurve || $0.informationValue > greatestInformationValue
        }
        guard leaks.isEmpty else {
            throw .leaks(
                leaks.map {
                    FitError.Leak(
                        name: $0.name, areaUnderCurve: $0.areaUnderCurve, informationValue: $0.informationValue)
                })
        }
    }
}

extension ScorecardFit.Measures {
    init(_ distribution: ScoreDistribution) {
        areaUnderCurve = distribution.areaUnderCurve ?? 0.5
        gini = distribution.gini ?? 0
        kolmogorovSmirnov = distribution.kolmogorovSmirnov?.value ?? 0
    }
}

/// Whole points on a scale of odds: the worst attribute of each characteristic has none.
private struct ScaledPoints {
    let base: Int32
    /// For each characteristic the points of its attributes; all 0 where its coefficient is 0.
    let tables: [[Int32]]

    init(_ weights: [[Double]], _ model: RidgeLogistic, _ scale: OddsScale) throws(FitError) {
        let factor = scale.pointsToDouble / log(2)
        let slopes = model.coefficients.map { $0 * factor }
        let worst = zip(slopes, weights).map { slope, weights in weights.map { $0 * slope }.min() ?? 0 }
        func whole(_ points: Double) throws(FitError) -> Int32 {
            guard let whole = Int32(exactly: points.rounded()), Scorecard.pointsRange.contains(whole) else {
                throw .scaleOutOfRange
            }
            return whole
        }
        base = try whole(scale.at - factor * log(scale.odds) + factor * model.intercept + worst.reduce(0, +))
        var tables: [[Int32]] = []
        for (index, weights) in weights.enumerated() {
            var table: [Int32] = []
            for weight in weights { table.append(try whole(weight * slopes[index] - worst[index])) }
            tables.append(table)
        }
        self.tables = tables
    }
}
