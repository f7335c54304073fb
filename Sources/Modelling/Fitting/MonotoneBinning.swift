/// Joins neighbouring prebins into the bins with the greatest information value whose weights of evidence only rise, or
/// only fall, by dynamic programming.
struct MonotoneBinning {
    enum Trend: CaseIterable {
        /// Later bins have a lower risk.
        case rising
        case falling
    }

    let prebins: [ClassCounts]
    /// All cases, the missing ones included.
    let total: ClassCounts
    /// The fewest cases of a bin.
    let minimumCount: Int
    let maximumBins: Int

    /// The bins as ranges of prebins; one bin when no two are large enough. Of equal ones, the fewest bins are taken.
    func best(_ trends: [Trend] = Trend.allCases) -> [Range<Int>] {
        var best: (value: Double, bins: [Range<Int>]) = (-.infinity, [0..<prebins.count])
        for trend in trends {
            let candidate = self.best(trend)
            if candidate.value > best.value { best = candidate }
        }
        return best.bins
    }

    private func best(_ trend: Trend) -> (value: Double, bins: [Range<Int>]) {
        let count = prebins.count
        let segments = Segments(prebins, total, minimumCount)
        // Of all ways to cover the prebins before `end` by so many bins, of which the last begins at `start`.
        var values = [[Double]](repeating: [Double](repeating: -.infinity, count: segments.size), count: maximumBins)
        var previous = [[Int]](repeating: [Int](repeating: -1, count: segments.size), count: maximumBins)
        var best: (value: Double, bins: Int, start: Int) = (-.infinity, 0, 0)
        for bins in 0..<min(maximumBins, count) {
            for end in 1...count {
                for start in 0..<end where segments.isLargeEnough(start, end) {
                    let here = segments.index(start, end)
                    if bins == 0 {
                        if start == 0 { values[0][here] = segments.value[here] }
                        continue
                    }
                    for before in 0..<start {
                        let there = segments.index(before, start)
                        guard values[bins - 1][there] > -.infinity,
                            trend == .rising
                                ? segments.isSafer(here, than: there) : segments.isSafer(there, than: here)
                        else { continue }
                        let value = values[bins - 1][there] + segments.value[here]
                        if value > values[bins][here] {
                            values[bins][here] = value
                            previous[bins][here] = before
                        }
                    }
                }
            }
            for start in 0..<count where values[bins][segments.index(start, count)] > best.value {
                best = (values[bins][segments.index(start, count)], bins, start)
            }
        }
        guard best.value > -.infinity else { return (best.value, [0..<count]) }
        var ranges: [Range<Int>] = []
        var (start, end) = (best.start, count)
        for bins in stride(from: best.bins, through: 0, by: -1) {
            ranges.append(start..<end)
            (start, end) = (previous[bins][segments.index(start, end)], start)
        }
        return (best.value, ranges.reversed())
    }
}

/// All ranges of neighbouring prebins.
private struct Segments {
    private let width: Int
    private let minimumCount: Int
    private var counts: [ClassCounts]
    /// What each range adds to the information value.
    private(set) var value: [Double]

    init(_ prebins: [ClassCounts], _ total: ClassCounts, _ minimumCount: Int) {
        width = prebins.count + 1
        self.minimumCount = minimumCount
        counts = [ClassCounts](repeating: ClassCounts(), count: width * width)
        value = [Double](repeating: 0, count: width * width)
        for start in prebins.indices {
            var sum = ClassCounts()
            for end in start + 1...prebins.count {
                sum += prebins[end - 1]
                counts[index(start, end)] = sum
                value[index(start, end)] = sum.informationValue(in: total)
            }
        }
    }

    var size: Int { width * width }

    func index(_ start: Int, _ end: Int) -> Int { start * width + end }

    func isLargeEnough(_ start: Int, _ end: Int) -> Bool { counts[index(start, end)].total >= minimumCount }

    /// Whether a range has the higher weight of evidence, which is compared in integers.
    func isSafer(_ range: Int, than other: Int) -> Bool {
        let (left, right) = (counts[range], counts[other])
        return Int128(2 * left.good + 1) * Int128(2 * right.bad + 1)
            > Int128(2 * right.good + 1) * Int128(2 * left.bad + 1)
    }
}
