import Bureau
import Glibc

/// The first, fine partition of a column's known values, from which a scorecard's bins are joined: quantiles of
/// numbers, or single categories.
struct Prebins: Sendable {
    /// The most prebins of numbers.
    static let maximumCount = 20

    /// The lower bounds of all prebins of numbers but the first; empty for categories.
    var bounds: [Double] = []
    /// The categories in the order of their prebins, each in one of them; empty for numbers.
    var categories: [Int] = []
    /// The cases of each prebin, in the order of numbers, or of falling weight of evidence.
    var counts: [ClassCounts] = []
    /// The cases of each kind of missing value.
    var missing = [ClassCounts](repeating: ClassCounts(), count: MissingReason.allCases.count)
    /// Categories with too few cases to be placed by what happened to them.
    var rare: [Int] = []
    var rareCounts = ClassCounts()
    /// The prebin of each case, `missingIndex` less the place of the kind of missing value, or `rareIndex`.
    var indices: [UInt8] = []

    static let missingIndex = UInt8.max
    static let rareIndex = UInt8.max - UInt8(MissingReason.allCases.count)

    /// Parts numbers into at most 20 prebins of about equal counts; each of up to 20 distinct numbers has its own.
    init(numbers: [Double], isBad: [Bool]) {
        var known = numbers.filter { !$0.isNaN }
        RadixSort.sort(&known)
        bounds = Self.bounds(ascending: known)
        let bins = bounds.count + 1
        // A search of five comparisons needs 31 bounds.
        let padded = bounds + [Double](repeating: .infinity, count: 31 - bounds.count)
        var good = [Int](repeating: 0, count: 256)
        var bad = good
        indices = [UInt8](repeating: Self.missingIndex, count: numbers.count)
        padded.withUnsafeBufferPointer { padded in
            for (index, number) in numbers.enumerated() {
                var bin = 0
                if number.isNaN {
                    bin = Int(Self.missingIndex) - DevelopmentSample.missingIndex(of: number)
                } else {
                    bin = padded[15] <= number ? 16 : 0
                    bin += padded[bin + 7] <= number ? 8 : 0
                    bin += padded[bin + 3] <= number ? 4 : 0
                    bin += padded[bin + 1] <= number ? 2 : 0
                    bin += padded[bin] <= number ? 1 : 0
                }
                indices[index] = UInt8(bin)
                if isBad[index] { bad[bin] += 1 } else { good[bin] += 1 }
            }
        }
        counts = (0..<bins).map { ClassCounts(good: good[$0], bad: bad[$0]) }
        missing = missing.indices.map { kind in
            let index = Int(Self.missingIndex) - kind
            return ClassCounts(good: good[index], bad: bad[index])
        }
    }

    /// The lower bounds of prebins: each ends with the value that fills it up to a twentieth of all.
    private static func bounds(ascending known: [Double]) -> [Double] {
        var distinct: [Double] = []
        for number in known where number != distinct.last {
            distinct.append(number)
            if distinct.count > maximumCount { break }
        }
        let isFew = distinct.count <= maximumCount
        let size = isFew ? 1 : (known.count + maximumCount - 1) / maximumCount
        var bounds: [Double] = []
        var start = 0
        while start + size < known.count {
            let last = known[start + size - 1]
            guard let next = known[(start + size)...].firstIndex(where: { $0 != last }) else { break }
            bounds.append(shortest(above: last, upTo: known[next]))
            start = next
        }
        return bounds
    }

    /// The number with the fewest digits that is above `low` and not above `high`.
    static func shortest(above low: Double, upTo high: Double) -> Double {
        if low < 0, high >= 0 { return 0 }
        let magnitude = max(abs(low), abs(high))
        let highest = Int(log10(magnitude).rounded(.up)) + 1
        for exponent in stride(from: highest, through: highest - 17, by: -1) {
            // Beyond what a power of ten holds exactly, the value itself is as good.
            guard abs(exponent) <= 15 else { break }
            let power = pow(10, Double(abs(exponent)))
            let units = exponent >= 0 ? high / power : high * power
            let candidate = exponent >= 0 ? units.rounded(.down) * power : units.rounded(.down) / power
            if candidate > low, candidate <= high { return candidate }
        }
        return high
    }

    /// Makes a prebin of each category with at least `minimumCount` cases, a twentieth of all, in the order of falling
    /// weight of evidence.
    /// Of others, all together are `rare`.
    init(names: [String], codes: [UInt16], isBad: [Bool], minimumCount: Int) {
        var all = [ClassCounts](repeating: ClassCounts(), count: names.count)
        for (code, isBad) in zip(codes, isBad) {
            let one = isBad ? ClassCounts(bad: 1) : ClassCounts(good: 1)
            if let kind = DevelopmentSample.missingIndex(of: code) {
                missing[kind] += one
            } else {
                all[Int(code)] += one
            }
        }
        let total = (all + missing).reduce(ClassCounts(), +)
        let weights = all.map { $0.weightOfEvidence(in: total) }
        // Equal ones stay in the order of their names.
        categories = names.indices.filter { all[$0].total >= minimumCount }
            .sorted { (weights[$1], $0) < (weights[$0], $1) }
        rare = names.indices.filter { all[$0].total < minimumCount }
        counts = categories.map { all[$0] }
        rareCounts = rare.reduce(ClassCounts()) { $0 + all[$1] }
        var indexOfCode = [UInt8](repeating: Self.rareIndex, count: names.count)
        for (index, category) in categories.enumerated() { indexOfCode[category] = UInt8(index) }
        indices = codes.map { code in
            DevelopmentSample.missingIndex(of: code).map { Self.missingIndex - UInt8($0) } ?? indexOfCode[Int(code)]
        }
    }

    /// The area under the ROC curve of the column alone, whichever order of its prebins is best.
    func areaUnderCurve(in total: ClassCounts) -> Double {
        let all = counts + missing + [rareCounts]
        let cases = all.map { (score: $0.weightOfEvidence(in: total), counts: $0) }
        return ScoreDistribution(cases).areaUnderCurve ?? 0.5
    }
}
