import Seeds
import Testing

@testable import Modelling

@Suite("Monotone binning")
struct MonotoneBinningTests {
    /// All ways to cut `count` prebins.
    private func cuts(of count: Int) -> [[Range<Int>]] {
        (0..<1 << (count - 1)).map { mask in
            let ends = (1..<count).filter { mask >> ($0 - 1) & 1 == 1 } + [count]
            return zip([0] + ends, ends).map { $0..<$1 }
        }
    }

    @Test("no other monotone cut into bins of the least size has more information value")
    func bestOfAll() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let prebins = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                ClassCounts(good: .random(in: 0...90, using: &generator), bad: .random(in: 0...60, using: &generator))
            }
            let total = prebins.reduce(ClassCounts(good: 5, bad: 5), +)
            let (least, most) = (total.total / 10, Int.random(in: 2...5, using: &generator))
            func counts(_ cut: [Range<Int>]) -> [ClassCounts] {
                cut.map { prebins[$0].reduce(ClassCounts(), +) }
            }
            func value(_ cut: [Range<Int>]) -> Double {
                counts(cut).reduce(0) { $0 + $1.informationValue(in: total) }
            }
            func isAllowed(_ cut: [Range<Int>]) -> Bool {
                let bins = counts(cut)
                guard bins.count <= most, bins.allSatisfy({ $0.total >= least }) else { return false }
                let weights = bins.map { $0.weightOfEvidence(in: total) }
                let pairs = zip(weights, weights.dropFirst())
                return pairs.allSatisfy { $0 < $1 } || pairs.allSatisfy { $0 > $1 }
            }
            let binning = MonotoneBinning(prebins: prebins, total: total, minimumCount: least, maximumBins: most)
            let best = binning.best()
            let allowed = cuts(of: prebins.count).filter(isAllowed)
            guard let greatest = allowed.map(value).max() else {
                #expect(best == [0..<prebins.count])
                continue
            }
            #expect(isAllowed(best))
            #expect(abs(value(best) - greatest) < 1e-12)
        }
    }

    @Test("a trend that is asked for is kept, even where the other one tells more")
    func askedTrend() {
        let prebins = [(90, 10), (80, 20), (50, 50), (60, 40), (20, 80)].map { ClassCounts(good: $0, bad: $1) }
        let binning = MonotoneBinning(
            prebins: prebins, total: prebins.reduce(ClassCounts(), +), minimumCount: 25, maximumBins: 6)
        #expect(binning.best().count > 2)
        let rising = binning.best([.rising]).map { prebins[$0].reduce(ClassCounts(), +) }
        let rates = rising.map { Double($0.bad) / Double($0.total) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    }
}
