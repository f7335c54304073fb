import Platform
import Seeds
import Testing

@Suite("Backoff")
struct BackoffTests {
    private var backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
    private var generator = SeededGenerator(seed: 10)

    @Test("the longest wait doubles with each failure up to the limit")
    mutating func doubles() {
        #expect(backoff.longestWait == .zero)
        let waits = (0..<6).map { _ in
            _ = backoff.next(using: &generator)
            return backoff.longestWait
        }
        #expect(waits == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
    }

    @Test("no number of failures leads beyond the limit")
    mutating func limits() {
        for _ in 0..<1000 {
            let wait = backoff.next(using: &generator)
            #expect(wait >= .zero && wait <= .seconds(1))
        }
        #expect(backoff.failures == 1000)
        #expect(backoff.longestWait == .seconds(1))
    }

    @Test("waits are spread over the whole time up to the longest wait")
    mutating func spreads() {
        var waits: [Duration] = []
        for _ in 0..<1000 {
            backoff.reset()
            waits.append(backoff.next(using: &generator))
        }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .milliseconds(100) })
        for tenth in 0..<10 {
            let range = Duration.milliseconds(10 * tenth)...Duration.milliseconds(10 * tenth + 10)
            #expect(waits.contains { range.contains($0) })
        }
    }

    @Test("a success starts again with the first wait")
    mutating func resets() {
        for _ in 0..<5 { _ = backoff.next(using: &generator) }
        backoff.reset()
        #expect(backoff.failures == 0 && backoff.longestWait == .zero)
        _ = backoff.next(using: &generator)
        #expect(backoff.longestWait == .milliseconds(100))
    }
}
