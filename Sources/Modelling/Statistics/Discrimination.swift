/// How well a score tells bad cases from good ones. Each measure is nil without a case of both classes.
extension ScoreDistribution {
    /// The area under the ROC curve: the chance that a bad case has a lower score than a good one, where an equal score
    /// counts one half (Hanley and McNeil 1982).
    public var areaUnderCurve: Double? {
        guard total.good > 0, total.bad > 0 else { return nil }
        // Twice the number of pairs in the right order, so that halves stay integers.
        var pairs: Int128 = 0
        var goodAbove = total.good
        for counts in counts {
            goodAbove -= counts.good
            pairs += Int128(counts.bad) * Int128(2 * goodAbove + counts.good)
        }
        return Double(pairs) / 2 / (Double(total.good) * Double(total.bad))
    }

    /// The Gini coefficient, or accuracy ratio: 2 AUC - 1.
    public var gini: Double? { areaUnderCurve.map { 2 * $0 - 1 } }

    /// The greatest difference between the shares of bad and of good cases up to a score (Kolmogorov-Smirnov), and that
    /// score. It is 0 where low scores have no more bad cases than good ones.
    public var kolmogorovSmirnov: (value: Double, score: Double)? {
        guard total.good > 0, total.bad > 0 else { return nil }
        var greatest = (value: 0.0, score: scores[scores.count - 1])
        for point in rocCurve.dropFirst().enumerated() {
            let value = point.element.badShare - point.element.goodShare
            if value > greatest.value { greatest = (value, scores[point.offset]) }
        }
        return greatest
    }

    /// The ROC curve: the shares of good and of bad cases up to each score, from (0, 0) to (1, 1).
    public var rocCurve: [(goodShare: Double, badShare: Double)] {
        guard total.good > 0, total.bad > 0 else { return [] }
        var seen = ClassCounts()
        return [(0, 0)]
            + counts.map { counts in
                seen += counts
                return (Double(seen.good) / Double(total.good), Double(seen.bad) / Double(total.bad))
            }
    }

    /// The table of gains: bands of about equal size, the lowest scores first.
    public func gains(bands count: Int = 10) -> [GainsRow] {
        let bands = ScoreBands(of: self, count: count)
        var seen = ClassCounts()
        return zip(bands.counts(of: self), bands.upperBounds.map(Optional.some) + [nil]).map { counts, bound in
            seen += counts
            return GainsRow(upTo: bound, counts: counts, cumulated: seen, total: total)
        }
    }
}

/// A band of scores in a table of gains.
public struct GainsRow: Hashable, Sendable {
    /// The greatest score of the band; nil for the last one.
    public let upTo: Double?
    public let counts: ClassCounts
    /// The cases of this and of all lower bands.
    public let cumulated: ClassCounts
    /// The cases of all bands.
    let total: ClassCounts

    /// The share of bad cases in the band; nil without a case.
    public var badRate: Double? { counts.total > 0 ? Double(counts.bad) / Double(counts.total) : nil }

    /// The share of all cases up to this band.
    public var caseShare: Double { Self.share(cumulated.total, of: total.total) }

    /// The share of all bad cases up to this band.
    public var badShare: Double { Self.share(cumulated.bad, of: total.bad) }

    /// How many times as many bad cases lie up to this band as in a random choice of as many cases.
    public var lift: Double? { caseShare > 0 && total.bad > 0 ? badShare / caseShare : nil }

    private static func share(_ part: Int, of whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }
}
