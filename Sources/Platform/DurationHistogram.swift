/// Counts of durations by size: how many took at most so long, and how long all took together.
///
/// The bounds follow each other by a factor of 1.3 to 2.5, from 10 µs to 10 s, more finely below a millisecond.
public struct DurationHistogram: Hashable, Sendable {
    /// The largest duration of each bucket, in microseconds; a last bucket beyond them has no bound.
    public static let boundsMicroseconds: [Int] = [
        10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
        500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
    ]

    /// The count of each bucket; empty while nothing was counted.
    private var counts: [Int] = []
    /// How many durations were counted.
    public private(set) var count = 0
    public private(set) var sumNanoseconds = 0

    public init() {}

    /// Counts a duration, `weight` times: what was measured of a group holds for each of its members.
    public mutating func add(_ duration: Duration, weight: Int = 1) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = max(0, Int(seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000))
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.boundsMicroseconds.count + 1) }
        let bounds = Self.boundsMicroseconds
        var bucket = 0
        while bucket < bounds.count, nanoseconds > bounds[bucket] * 1000 { bucket += 1 }
        counts[bucket] += weight
        count += weight
        sumNanoseconds &+= nanoseconds &* weight
    }

    /// How many durations lie in each bucket, the one without a bound last.
    public var buckets: [Int] {
        counts.isEmpty ? Array(repeating: 0, count: Self.boundsMicroseconds.count + 1) : counts
    }
}
