import Glibc

/// The stability index of two samples over the same bins: PSI of a score's bands, CSI of a characteristic's bins.
///
/// Two samples of one population differ by chance. Then the index is about (1/n + 1/m) times a chi-square variable of
/// k - 1 degrees of freedom (Yurdakul and Naranjo 2020), which says what an index of small samples is worth.
public struct StabilityIndex: Hashable, Sendable {
    /// The shares of one bin in both samples, and its part of the index.
    public struct Bin: Hashable, Sendable {
        public let expectedShare: Double
        public let actualShare: Double
        public let contribution: Double
    }

    public let bins: [Bin]
    /// Σ (actual - expected) · ln(actual / expected).
    public let value: Double
    /// What chance alone gives on average: (k - 1)(1/n + 1/m) with k bins that have a case in either sample.
    public let meanByChance: Double
    /// What chance alone exceeds in one comparison of twenty.
    public let limitByChance: Double

    /// Compares `actual` with the baseline `expected`, bin by bin; nil where one of them has no case.
    ///
    /// A bin that has cases in one sample only counts half a case in the other, because the index has no value there.
    public init?(expected: [Int], actual: [Int]) {
        let (n, m) = (expected.reduce(0, +), actual.reduce(0, +))
        guard n > 0, m > 0, expected.count == actual.count else { return nil }
        bins = zip(expected, actual).map { expected, actual in
            let shares = (Double(expected) / Double(n), Double(actual) / Double(m))
            var contribution = 0.0
            if expected > 0 || actual > 0 {
                let e = expected > 0 ? shares.0 : 0.5 / Double(n)
                let a = actual > 0 ? shares.1 : 0.5 / Double(m)
                contribution = (a - e) * log(a / e)
            }
            return Bin(expectedShare: shares.0, actualShare: shares.1, contribution: contribution)
        }
        value = bins.reduce(0) { $0 + $1.contribution }
        let used = zip(expected, actual).count { $0 > 0 || $1 > 0 }
        let scale = 1 / Double(n) + 1 / Double(m)
        meanByChance = Double(used - 1) * scale
        limitByChance = used > 1 ? ChiSquare(degrees: used - 1).quantile(0.95) * scale : 0
    }

    /// The greatest score of each band but the last, of about `count` bands with equal numbers of the baseline. No
    /// score is split between two.
    ///
    /// A score that alone has as many cases as a band has one of its own, so that cases that go elsewhere leave it: a
    /// baseline in which nearly all have the highest score would be one band, whatever becomes of it. Both samples are
    /// ascending, each score once.
    public static func bands<Score: Comparable>(
        expected: [(score: Score, cases: Int)], actual: [Score], count: Int
    ) -> [Score] {
        let total = expected.reduce(0) { $0 + $1.cases }
        var merged: [(score: Score, cases: Int)] = []
        var others = actual[...]
        for item in expected {
            while let score = others.first, score <= item.score {
                if score < item.score { merged.append((score, 0)) }
                others.removeFirst()
            }
            merged.append(item)
        }
        merged += others.map { ($0, 0) }
        func fillsBand(_ cases: Int) -> Bool { cases > 0 && cases * count >= total }
        var seen = 0
        return zip(merged, merged.dropFirst()).compactMap { item, next in
            let before = seen * count / max(1, total)
            seen += item.cases
            let isEndOfBand = seen < total && seen * count / max(1, total) > before
            return isEndOfBand || fillsBand(item.cases) || fillsBand(next.cases) ? item.score : nil
        }
    }

    /// Whether the samples differ by more than chance gives in nineteen comparisons of twenty.
    public var exceedsChance: Bool { value > limitByChance }

    /// What is made of the index: nothing below the limit of chance, above it the thresholds of practice (Siddiqi
    /// 2006).
    public var reading: Reading {
        guard exceedsChance else { return .withinChance }
        return value < 0.1 ? .small : value < 0.25 ? .moderate : .large
    }

    public enum Reading: String, Sendable {
        case withinChance = "within_chance"
        case small, moderate, large
    }
}
