/// A partition of all scalars into equivalence classes, which a program never distinguishes.
struct Alphabet: Sendable {
    /// The first scalar of each interval.
    private var starts: [UInt32]
    /// The class of each interval.
    private var intervalClasses: [Int]
    private var asciiClasses: [Int] = []
    /// The classes in each set: `wordCount` words for a set, one bit for a class.
    private var members: [UInt64] = []
    private var wordCount = 0
    private(set) var count = 0
    /// The properties of each class that assertions depend on.
    private(set) var neighbours: [Assertion.Neighbour] = []

    /// Builds the coarsest partition that distinguishes the sets and the properties used by assertions.
    init(for program: Program, sets: [ScalarSet]) {
        let asserted = program.assertedSets
        let all = sets + asserted.map(\.set)
        starts = Set(all.flatMap { $0.ranges.flatMap { [$0.lowerBound, $0.upperBound + 1] } } + [0]).sorted()
        intervalClasses = Array(repeating: 0, count: starts.count)
        for set in all { split(by: set) }
        renumber()
        asciiClasses = (0..<0x80).map(classOutsideASCII)
        wordCount = (count + 63) / 64
        members = sets.flatMap(bits)
        neighbours = Array(repeating: [], count: count)
        for (set, neighbour) in asserted {
            for interval in intervals(of: set) { neighbours[intervalClasses[interval]].insert(neighbour) }
        }
    }

    /// Splits each class into the part inside a set and the part outside.
    private mutating func split(by set: ScalarSet) {
        var parts: [Int: Int] = [:]
        for interval in intervals(of: set) {
            let old = intervalClasses[interval]
            let part = parts[old] ?? count + 1
            if parts.updateValue(part, forKey: old) == nil { count += 1 }
            intervalClasses[interval] = part
        }
    }

    private mutating func renumber() {
        var numbers: [Int: Int] = [:]
        for interval in intervalClasses.indices {
            let number = numbers[intervalClasses[interval]] ?? numbers.count
            numbers[intervalClasses[interval]] = number
            intervalClasses[interval] = number
        }
        count = numbers.count
    }

    private func intervals(of set: ScalarSet) -> [Int] {
        set.ranges.flatMap { range in interval(of: range.lowerBound)...interval(of: range.upperBound) }
    }

    private func bits(of set: ScalarSet) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: wordCount)
        for interval in intervals(of: set) {
            let classIndex = intervalClasses[interval]
            bits[classIndex / 64] |= 1 << (classIndex % 64)
        }
        return bits
    }

    private func interval(of scalar: UInt32) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= scalar { low = middle } else { high = middle }
        }
        return low
    }

    private func classOutsideASCII(_ scalar: UInt32) -> Int { intervalClasses[interval(of: scalar)] }

    func classIndex(of scalar: UInt32) -> Int {
        scalar < 0x80 ? asciiClasses[Int(scalar)] : classOutsideASCII(scalar)
    }

    func set(_ set: UInt16, contains classIndex: Int) -> Bool {
        members[Int(set) * wordCount + classIndex / 64] >> (classIndex % 64) & 1 == 1
    }
}

extension Program {
    /// The sets that assertions depend on, with the property of the scalars in each.
    fileprivate var assertedSets: [(set: ScalarSet, neighbour: Assertion.Neighbour)] {
        var asserted: [(ScalarSet, Assertion.Neighbour)] = []
        let checks = ([instructions] + lookarounds.map(\.instructions)).joined().compactMap { instruction in
            if case .check(let assertion) = instruction { assertion } else { nil }
        }
        let words: Set<Assertion> = [.wordBoundary, .noWordBoundary]
        let lines: Set<Assertion> = [.lineStart, .lineEnd]
        if !words.isDisjoint(with: checks) { asserted.append((.word, .wordScalar)) }
        if !lines.isDisjoint(with: checks) { asserted.append((.lineTerminators, .lineTerminator)) }
        return asserted
    }
}
