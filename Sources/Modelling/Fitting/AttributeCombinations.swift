/// The different combinations of attributes in a sample, in one order, each with its cases.
///
/// All sums over a sample go over them, so that no figure depends on the order of its cases.
struct AttributeCombinations: Sendable {
    /// The number of characteristics.
    let width: Int
    /// The attributes of each combination, one combination after the other.
    private(set) var attributes: [UInt8] = []
    private(set) var good: [Int32] = []
    private(set) var bad: [Int32] = []

    var count: Int { good.count }

    /// Takes for each characteristic the attributes of all cases.
    init(_ columns: [[UInt8]], isBad: [Bool]) {
        width = columns.count
        let order = Self.order(columns, cases: isBad.count)
        attributes.reserveCapacity(order.count * width)
        good.reserveCapacity(order.count)
        bad.reserveCapacity(order.count)
        var last = Int?.none
        for index in order {
            let index = Int(index)
            if last.map({ last in columns.contains { $0[index] != $0[last] } }) ?? true {
                for column in columns { attributes.append(column[index]) }
                good.append(0)
                bad.append(0)
                last = index
            }
            if isBad[index] { bad[bad.count - 1] += 1 } else { good[good.count - 1] += 1 }
        }
    }

    /// The cases in ascending order of their attributes: a stable sort by each characteristic, the last one first.
    private static func order(_ columns: [[UInt8]], cases: Int) -> [UInt32] {
        var order = (0..<UInt32(cases)).map { $0 }
        var other = order
        for attributes in columns.reversed() {
            var starts = [Int](repeating: 0, count: 257)
            for attribute in attributes { starts[Int(attribute) + 1] += 1 }
            for index in 1..<starts.count { starts[index] += starts[index - 1] }
            for index in order {
                let attribute = Int(attributes[Int(index)])
                other[starts[attribute]] = index
                starts[attribute] += 1
            }
            swap(&order, &other)
        }
        return order
    }

    /// The distribution of the sums of one number for each attribute, a table for each characteristic.
    func distribution(of points: [[Int]]) -> ScoreDistribution {
        let lowest = points.reduce(0) { $0 + ($1.min() ?? 0) }
        let highest = points.reduce(0) { $0 + ($1.max() ?? 0) }
        var counts = [ClassCounts](repeating: ClassCounts(), count: highest - lowest + 1)
        for index in 0..<count {
            var sum = -lowest
            for column in 0..<width { sum += points[column][Int(attributes[index * width + column])] }
            counts[sum] += ClassCounts(good: Int(good[index]), bad: Int(bad[index]))
        }
        return ScoreDistribution(counts.enumerated().map { (score: Double($0.offset + lowest), counts: $0.element) })
    }
}
