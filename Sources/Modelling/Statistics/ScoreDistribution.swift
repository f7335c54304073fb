import Bureau

/// How many good and bad cases have each score. A high score stands for a low risk.
///
/// All measures of a score come from this, so that a million rows cost no more than their distinct scores.
public struct ScoreDistribution: Hashable, Sendable {
    /// The distinct scores in ascending order, each with at least one case.
    public let scores: [Double]
    /// The cases of each score.
    public let counts: [ClassCounts]
    /// The cases of all scores.
    public let total: ClassCounts

    /// Takes scores in any order, repetitions allowed. None of them is NaN.
    public init(_ cases: some Sequence<(score: Double, counts: ClassCounts)>) {
        var scores: [Double] = []
        var counts: [ClassCounts] = []
        for item in cases.sorted(by: { $0.score < $1.score }) where item.counts.total > 0 {
            if item.score == scores.last {
                counts[counts.count - 1] += item.counts
            } else {
                scores.append(item.score)
                counts.append(item.counts)
            }
        }
        self.init(ascending: scores, counts: counts)
    }

    /// Takes one score and one class for each case.
    public init(scores: [Double], isBad: [Bool]) {
        self.init(zip(scores, isBad).map { ($0, $1 ? ClassCounts(bad: 1) : ClassCounts(good: 1)) })
    }

    /// Keeps the scores, and replaces the counts of each.
    init(ascending scores: [Double], counts: [ClassCounts]) {
        self.scores = scores
        self.counts = counts
        total = counts.reduce(ClassCounts(), +)
    }

    public var isEmpty: Bool { scores.isEmpty }

    /// The mean score of all cases; nil without a case.
    public var mean: Double? {
        guard total.total > 0 else { return nil }
        return zip(scores, counts).reduce(0) { $0 + $1.0 * Double($1.1.total) } / Double(total.total)
    }

    /// The score at or below which at least `share` of the cases lie; nil without a case.
    public func quantile(_ share: Double) -> Double? {
        var seen = 0
        for (score, counts) in zip(scores, counts) {
            seen += counts.total
            if Double(seen) >= share * Double(total.total) { return score }
        }
        return scores.last
    }
}

/// Ranges of scores that part a distribution into about equal numbers of cases. No score is split between two bands,
/// so that there are fewer bands than asked for where many cases share a score.
public struct ScoreBands: Hashable, Sendable {
    /// The greatest score of each band but the last, ascending; the last band has no end.
    public let upperBounds: [Double]

    /// Parts `distribution` into at most `count` bands.
    public init(of distribution: ScoreDistribution, count: Int) {
        var bounds: [Double] = []
        var seen = 0
        for (score, counts) in zip(distribution.scores, distribution.counts).dropLast() {
            let before = seen * count / max(1, distribution.total.total)
            seen += counts.total
            if seen * count / max(1, distribution.total.total) > before { bounds.append(score) }
        }
        upperBounds = bounds
    }

    /// Parts a baseline into about `count` bands for the comparison with another distribution.
    public init(expected: ScoreDistribution, actual: ScoreDistribution, count: Int) {
        upperBounds = StabilityIndex.bands(
            expected: zip(expected.scores, expected.counts).map { ($0, $1.total) }, actual: actual.scores, count: count)
    }

    public var count: Int { upperBounds.count + 1 }

    /// The cases of each band.
    public func counts(of distribution: ScoreDistribution) -> [ClassCounts] {
        var result = [ClassCounts](repeating: ClassCounts(), count: count)
        var band = 0
        for (score, counts) in zip(distribution.scores, distribution.counts) {
            while band < upperBounds.count, score > upperBounds[band] { band += 1 }
            result[band] += counts
        }
        return result
    }
}
