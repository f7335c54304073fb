/// The scalars, put together into classes that a program never tells apart.
struct Alphabet: Sendable {
    /// The first scalar of each interval, and the interval's class.
    private var starts: [UInt32]
    private var intervalClasses: [Int]
    private var asciiClasses: [Int] = []
    /// For each set `wordCount` words, with a bit for each class that lies in it.
    private var members: [UInt64] = []
    private var wordCount = 0
    private(set) var count = 0
    /// What assertions ask about the scalars of each class.
    private(set) var neighbours: [Assertion.Neighbour] = []

    /// The coarsest classes that tell the sets apart, and what the program's assertions look at.
    init(for program: Program, sets: [ScalarSet]) {
        let asked = program.askedSets
        let all = sets + asked.map(\.set)
        starts = Set(all.flatMap { $0.ranges.flatMap { [$0.lowerBound, $0.upperBound + 1] } } + [0]).sorted()
        intervalClasses = Array(repeating: 0, count: starts.count)
        for set in all { split(by: set) }
        renumber()
        asciiClasses = (0..<0x80).map(classOutsideASCII)
        wordCount = (count + 63) / 64
        members = sets.flatMap(bits)
        neighbours = Array(repeating: [], count: count)
        for (set, neighbour) in asked {
            for interval in intervals(of: set) { neighbours[intervalClasses[interval]].insert(neighbour) }
        }
    }

    /// Gives each class's part within a set a number of its own.
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
    /// What the assertions of a program look at beside its sets.
    fileprivate var askedSets: [(set: ScalarSet, neighbour: Assertion.Neighbour)] {
        var asked: [(ScalarSet, Assertion.Neighbour)] = []
        let checks = ([instructions] + lookarounds.map(\.instructions)).joined().compactMap(\.assertion)
        if !checks.allSatisfy({ ![.wordBoundary, .noWordBoundary].contains($0) }) {
            asked.append((.word, .wordScalar))
        }
        if !checks.allSatisfy({ ![.lineStart, .lineEnd].contains($0) }) {
            asked.append((.lineTerminators, .lineTerminator))
        }
        return asked
    }
}

extension Program.Instruction {
    var assertion: Assertion? {
        if case .check(let assertion) = self { assertion } else { nil }
    }
}
