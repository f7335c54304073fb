import Glibc

/// What each bin of a characteristic tells of the classes, from bare counts, as OptBinning's tables have it.
/// `ClassCounts.weightOfEvidence(in:)` adds halves instead, for fitting.
public struct Evidence: Hashable, Sendable {
    /// ln(share of good cases / share of bad cases) of each bin; nil where a class has no case in it.
    public let weights: [Double?]
    /// The parts of the information value; 0 where a class has no case in the bin.
    public let contributions: [Double]

    public init(_ bins: [ClassCounts]) {
        let total = bins.reduce(ClassCounts(), +)
        let shares = bins.map { bin -> (good: Double, bad: Double)? in
            guard bin.good > 0, bin.bad > 0 else { return nil }
            return (Double(bin.good) / Double(total.good), Double(bin.bad) / Double(total.bad))
        }
        weights = shares.map { $0.map { log($0.good / $0.bad) } }
        contributions = shares.map { $0.map { ($0.good - $0.bad) * log($0.good / $0.bad) } ?? 0 }
    }

    /// The information value (IV) of the characteristic.
    public var informationValue: Double { contributions.reduce(0, +) }
}
