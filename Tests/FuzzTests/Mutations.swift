import Seeds

/// Inputs made of seeds: the seeds themselves, then mixtures of them with bytes changed, moved, repeated and left out.
/// The same seeds give the same inputs.
struct Mutations: Sequence, IteratorProtocol {
    private let seeds: [[UInt8]]
    private let count: Int
    private var made = 0
    private var generator = SeededGenerator(seed: 1)

    private let longestInput: Int

    /// There must be a seed.
    init(of seeds: [[UInt8]], count: Int, longestInput: Int) {
        self.longestInput = longestInput
        self.seeds = seeds
        self.count = count
    }

    mutating func next() -> [UInt8]? {
        guard made < count else { return nil }
        made += 1
        if made <= seeds.count { return seeds[made - 1] }
        var input = seed()
        for _ in 0...number(below: 6) { mutate(&input) }
        return Array(input.prefix(longestInput))
    }

    private mutating func mutate(_ input: inout [UInt8]) {
        let range = range(of: input)
        switch number(below: 8) {
        case 0: if let index = range.first { input[index] ^= 1 << number(below: 8) }
        case 1: if let index = range.first { input[index] = UInt8(number(below: 256)) }
        case 2: input.removeSubrange(range)
        case 3: input.insert(contentsOf: input[range], at: number(below: input.count + 1))
        case 4: input.replaceSubrange(range, with: seed())
        case 5:
            let other = seed()
            input.insert(contentsOf: other[self.range(of: other)], at: range.lowerBound)
        case 6:
            let digit = input[range].firstIndex { (0x30...0x39).contains($0) }
            if let digit { input[digit] = 0x30 + UInt8(number(below: 10)) }
        default: input.insert(Array("{}[]\",:\\\n0e-".utf8)[number(below: 12)], at: range.lowerBound)
        }
    }

    private mutating func seed() -> [UInt8] { seeds[number(below: seeds.count)] }

    /// A part of an input, mostly a short one.
    private mutating func range(of input: [UInt8]) -> Range<Int> {
        let start = number(below: input.count + 1)
        let longest = number(below: 4) == 0 ? input.count : 16
        return start..<Swift.min(input.count, start + number(below: longest + 1))
    }

    private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
}
