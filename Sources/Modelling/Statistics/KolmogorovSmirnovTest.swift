import Glibc

/// The two-sample test of Kolmogorov and Smirnov: whether two samples of scores come from one distribution.
public struct KolmogorovSmirnovTest: Hashable, Sendable {
    /// The greatest difference between the shares up to a score.
    public let statistic: Double
    /// The chance of a greater difference in two samples of one continuous distribution, by Kolmogorov's limit with
    /// Stephens's correction for small samples (1970). Where scores are equal it is on the safe side: too great.
    public let p: Double

    /// Compares all cases of two distributions; nil where one has no case.
    public init?(_ first: ScoreDistribution, _ second: ScoreDistribution) {
        let (n, m) = (Double(first.total.total), Double(second.total.total))
        guard n > 0, m > 0 else { return nil }
        var (i, j) = (0, 0)
        var seen = (0, 0)
        var greatest = 0.0
        while i < first.scores.count || j < second.scores.count {
            let score = min(
                i < first.scores.count ? first.scores[i] : .infinity,
                j < second.scores.count ? second.scores[j] : .infinity)
            if i < first.scores.count, first.scores[i] == score {
                seen.0 += first.counts[i].total
                i += 1
            }
            if j < second.scores.count, second.scores[j] == score {
                seen.1 += second.counts[j].total
                j += 1
            }
            greatest = max(greatest, abs(Double(seen.0) / n - Double(seen.1) / m))
        }
        statistic = greatest
        let root = (n * m / (n + m)).squareRoot()
        p = Self.limit((root + 0.12 + 0.11 / root) * greatest)
    }

    /// The survival function of Kolmogorov's distribution: 2 Σ (-1)^(j-1) exp(-2 j² x²), or below 1 the theta series
    /// that converges there.
    static func limit(_ x: Double) -> Double {
        guard x > 0.04 else { return 1 }
        if x < 1 {
            let sum = (1...20).reduce(0.0) { sum, j in
                let odd = Double(2 * j - 1) * Double.pi
                return sum + exp(-odd * odd / (8 * x * x))
            }
            return 1 - (2 * Double.pi).squareRoot() / x * sum
        }
        let sum = (1...20).reduce(0.0) { sum, j in
            let term = exp(-2 * Double(j * j) * x * x)
            return j % 2 == 1 ? sum + term : sum - term
        }
        return min(1, max(0, 2 * sum))
    }
}
