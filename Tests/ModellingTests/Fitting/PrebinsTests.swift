import Seeds
import Testing

@testable import Modelling

@Suite("Prebins")
struct PrebinsTests {
    @Test("numbers are sorted as the standard library sorts them, negative ones and zeros included")
    func sorting() {
        var generator = SeededGenerator(seed: 8)
        var numbers = (0..<5000).map { _ in Double.random(in: -1e3...1e3, using: &generator) }
        numbers += [0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, .greatestFiniteMagnitude, 1e-300]
        var sorted = numbers
        RadixSort.sort(&sorted)
        #expect(sorted == numbers.sorted())
    }

    @Test("each prebin but the last has a twentieth of the known numbers, and each number lies in its bounds")
    func quantiles() {
        var generator = SeededGenerator(seed: 9)
        let numbers = (0..<3000).map { index in
            index % 10 == 0 ? .nan : Double.random(in: -5...5, using: &generator).rounded(toDigits: index % 3)
        }
        let isBad = numbers.map { $0 > 1 }
        let prebins = Prebins(numbers: numbers, isBad: isBad)
        #expect(prebins.counts.count > 10 && prebins.counts.count <= Prebins.maximumCount)
        #expect(prebins.counts.dropLast().allSatisfy { $0.total >= 135 })
        #expect(prebins.missing[0].total == 300)
        for (number, bin) in zip(numbers, prebins.indices) {
            if number.isNaN {
                #expect(bin == Prebins.missingIndex)
            } else {
                #expect(Int(bin) == prebins.bounds.count { $0 <= number })
            }
        }
    }

    @Test("up to twenty different numbers are not joined")
    func fewNumbers() {
        let numbers = (0..<1000).map { Double($0 % 4 + 1) }
        #expect(Prebins(numbers: numbers, isBad: numbers.map { $0 > 2 }).bounds == [2, 3, 4])
    }

    @Test(
        "a bound has as few digits as tell its neighbours apart",
        arguments: [
            (9.0, 15.0, 10.0), (11, 12, 12), (0.1234, 0.1278, 0.127), (-2, 3, 0), (-0.127, -0.1234, -0.1234),
            (149_999, 152_345, 150_000), (0.1, 0.1.nextUp, 0.1.nextUp), (1e20, 2e20, 2e20), (-7, 0, 0), (0, 7, 7),
        ])
    func shortBounds(low: Double, high: Double, bound: Double) {
        let shortest = Prebins.shortest(above: low, upTo: high)
        #expect(low < shortest && shortest <= high)
        #expect(abs(shortest - bound) < 0.01 * abs(bound) + 1e-12)
        #expect(shortest.description.count <= bound.description.count + 1)
    }

    @Test("a column whose prebins tell the classes apart in any order has a high area under the curve")
    func unorderedSeparation() {
        let numbers = (0..<1000).map(Double.init)
        let isBad = numbers.map { Int($0) / 100 % 2 == 0 }
        let total = ClassCounts(good: 500, bad: 500)
        #expect(Prebins(numbers: numbers, isBad: isBad).areaUnderCurve(in: total) > 0.99)
    }
}

extension Double {
    fileprivate func rounded(toDigits digits: Int) -> Double {
        let power = [1.0, 10, 100][digits]
        return (self * power).rounded() / power
    }
}
