import Seeds

/// The store of the connection's tests: two bases, in each a list of numbers for each subject.
///
/// Reading and writing are two steps with a suspension between, so that calls which run out of their order, or at the
/// same time, show.
actor Ledger {
    private var lists: [UInt8: [Int: [Int]]] = [:]
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Suspends a few times, so that others go on in a random order.
    func dawdle() async {
        for _ in 0..<Int.random(in: 0...4, using: &random) { await Task.yield() }
    }

    func read(_ bases: UInt8, of subject: Int) -> [Int] {
        [1, 2].filter { bases & $0 != 0 }.flatMap { lists[$0]?[subject] ?? [] }
    }

    func write(_ list: [Int], base: UInt8, of subject: Int) {
        lists[base, default: [:]][subject] = list
    }
}
