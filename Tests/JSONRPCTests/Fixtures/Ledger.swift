import Seeds

/// The store of the connection's tests: two bases, each with a list of numbers for each subject.
///
/// Reading and writing are two steps with a suspension between. Calls that run out of order or at the same time
/// therefore give wrong lists.
actor Ledger {
    private var lists: [UInt8: [Int: [Int]]] = [:]
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Suspends a few times, so that other tasks continue in a random order.
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
