import Platform
import Testing

@Suite("Counts of durations")
struct DurationHistogramTests {
    @Test("a duration lies in the first bucket whose bound it does not pass, as often as it weighs")
    func buckets() {
        for (index, bound) in DurationHistogram.boundsMicroseconds.enumerated() {
            var histogram = DurationHistogram()
            histogram.add(.microseconds(bound), weight: 3)
            histogram.add(.microseconds(bound) + .nanoseconds(1))
            #expect(histogram.buckets[index] == 3)
            #expect(histogram.buckets[index + 1] == 1)
            #expect(histogram.count == 4)
            #expect(histogram.sumNanoseconds == 4 * bound * 1000 + 1)
        }
    }

    @Test("a clock that went back counts as no time")
    func negative() {
        var histogram = DurationHistogram()
        histogram.add(.seconds(-1))
        #expect(histogram.buckets[0] == 1)
        #expect(histogram.sumNanoseconds == 0)
    }

    @Test("durations near 100 µs are told apart by less than a factor of two")
    func resolution() {
        let bounds = DurationHistogram.boundsMicroseconds.filter { (50...500).contains($0) }
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $1 * 10 <= $0 * 17 })
    }
}
