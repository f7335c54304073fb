import Glibc

/// The good and the bad cases of one bin of a characteristic, or of a whole sample.
public struct ClassCounts: Hashable, Sendable {
    public var good: Int
    public var bad: Int

    public init(good: Int = 0, bad: Int = 0) {
        self.good = good
        self.bad = bad
    }

    public var total: Int { good + bad }

    public static func + (left: ClassCounts, right: ClassCounts) -> ClassCounts {
        ClassCounts(good: left.good + right.good, bad: left.bad + right.bad)
    }

    public static func += (left: inout ClassCounts, right: ClassCounts) { left = left + right }

    /// The weight of evidence of a bin: ln((good + ½) / (bad + ½)) less the same of the whole sample.
    /// It is above 0 where a case is less often bad than in the sample. The halves keep a bin without bad cases finite.
    public func weightOfEvidence(in sample: ClassCounts) -> Double {
        log((Double(good) + 0.5) / (Double(bad) + 0.5)) - log((Double(sample.good) + 0.5) / (Double(sample.bad) + 0.5))
    }

    /// What a bin adds to the information value (IV) of its characteristic; never below 0, but for rounding.
    public func informationValue(in sample: ClassCounts) -> Double {
        let goodShare = (Double(good) + 0.5) / (Double(sample.good) + 0.5)
        let badShare = (Double(bad) + 0.5) / (Double(sample.bad) + 0.5)
        return (goodShare - badShare) * log(goodShare / badShare)
    }
}
