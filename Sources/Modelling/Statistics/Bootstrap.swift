import Glibc

/// Intervals of a measure by resampling the cases of a distribution: the Poisson bootstrap (Hanley and MacGibbon 2006),
/// in which each case counts as often as a Poisson variable of mean 1 says. Its cost depends on the distinct scores and
/// not on the cases. The seed is fixed: the same distribution has the same intervals.
public struct Bootstrap: Sendable {
    public let resamples: Int
    private let seed: UInt64

    public init(resamples: Int = 1000, seed: UInt64 = 20_261_129) {
        self.resamples = resamples
        self.seed = seed
    }

    /// An interval that holds a measure in 95 of 100 resamples, by their quantiles.
    public struct Interval: Hashable, Sendable {
        public let low: Double
        public let high: Double
    }

    /// The intervals of AUC and KS; nil where most resamples have no case of one class.
    public func intervals(
        of distribution: ScoreDistribution
    ) -> (areaUnderCurve: Interval, kolmogorovSmirnov: Interval)? {
        var numbers = PoissonNumbers(seed: seed)
        var areas: [Double] = []
        var distances: [Double] = []
        for _ in 0..<resamples {
            let counts = distribution.counts.map {
                ClassCounts(good: numbers.next(mean: $0.good), bad: numbers.next(mean: $0.bad))
            }
            let resample = ScoreDistribution(ascending: distribution.scores, counts: counts)
            guard let area = resample.areaUnderCurve, let distance = resample.kolmogorovSmirnov else { continue }
            areas.append(area)
            distances.append(distance.value)
        }
        guard areas.count * 2 > resamples else { return nil }
        return (Self.interval(of: areas), Self.interval(of: distances))
    }

    private static func interval(of values: [Double]) -> Interval {
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
        return Interval(low: quantile(0.025), high: quantile(0.975))
    }
}

/// Poisson variables from a fixed seed.
struct PoissonNumbers {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(state: seed)
    }

    /// A Poisson variable: by multiplication below 10 (Knuth), else by transformed rejection (Hörmann 1993, PTRS).
    mutating func next(mean: Int) -> Int {
        if mean == 0 { return 0 }
        let mean = Double(mean)
        return mean < 10 ? multiplied(exp(-mean)) : rejected(mean)
    }

    private mutating func multiplied(_ limit: Double) -> Int {
        var product = generator.unit()
        var count = 0
        while product > limit {
            product *= generator.unit()
            count += 1
        }
        return count
    }

    private mutating func rejected(_ mean: Double) -> Int {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let ratio = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = generator.unit() - 0.5
            let v = generator.unit()
            let us = 0.5 - abs(u)
            let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= ratio { return Int(k) }
            if k < 0 || (us < 0.013 && v > us) { continue }
            let bound = k * log(mean) - mean - Self.logFactorial(k)
            if log(v) + log(inverseAlpha) - log(a / (us * us) + b) <= bound { return Int(k) }
        }
    }

    /// ln k!, by Stirling's series from 10 up.
    private static func logFactorial(_ k: Double) -> Double {
        if k < 10 { return (1...10).reduce(0) { Double($1) <= k ? $0 + log(Double($1)) : $0 } }
        return (k + 0.5) * log(k) - k + log(2 * Double.pi) / 2 + 1 / (12 * k) - 1 / (360 * k * k * k)
    }
}

/// Steele, Lea and Flood's generator (2014): the same numbers on every machine.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number above 0 and below 1.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }
}
