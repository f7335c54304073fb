import Bureau

/// Finds the reasons of one row after another, as `Score.reasons` tells them, without allocating.
struct RowReasons {
    /// The summed losses of each group, and the groups in the order in which the row met them.
    private var sums: [Int64]
    private var isMet: [Bool]
    private var met: [Int] = []
    /// The groups of the reasons, the largest loss first.
    private(set) var groups: [Int] = []

    init(groupCount: Int) {
        sums = [Int64](repeating: 0, count: groupCount)
        isMet = [Bool](repeating: false, count: groupCount)
        met.reserveCapacity(groupCount)
        groups.reserveCapacity(Score.maximumReasons + 1)
    }

    /// Takes the attributes of a row, one for each characteristic.
    mutating func find(_ attributes: [Int], of characteristics: [CompiledCharacteristic]) {
        for (index, attribute) in attributes.enumerated() {
            let group = characteristics[index].groups[attribute]
            sums[group] += characteristics[index].losses[attribute]
            if !isMet[group] {
                isMet[group] = true
                met.append(group)
            }
        }
        groups.removeAll(keepingCapacity: true)
        for group in met where sums[group] > 0 {
            var place = groups.count
            while place > 0, sums[groups[place - 1]] < sums[group] { place -= 1 }
            guard place < Score.maximumReasons else { continue }
            groups.insert(group, at: place)
            if groups.count > Score.maximumReasons { groups.removeLast() }
        }
        for group in met {
            sums[group] = 0
            isMet[group] = false
        }
        met.removeAll(keepingCapacity: true)
    }
}
