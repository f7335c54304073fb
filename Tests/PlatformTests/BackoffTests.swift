import Platform
import Testing

@Suite("The wait before the next attempt")
struct BackoffTests {
    @Test("is limited by a time that doubles with each failure, up to the limit")
    func doubling() {
        var backoff = Backoff(first: .milliseconds(25), limit: .seconds(1))
        var generator = SystemRandomNumberGenerator()
        var longest: [Duration] = []
        for _ in 1...100 {
            let wait = backoff.next(using: &generator)
            longest.append(backoff.longestWait)
            #expect(wait >= .zero && wait <= backoff.longestWait)
        }
        #expect(Array(longest.prefix(7)) == [25, 50, 100, 200, 400, 800, 1000].map(Duration.milliseconds))
        #expect(longest.dropFirst(7).allSatisfy { $0 == .seconds(1) })
    }

    @Test("is random, and can be short and long")
    func jitter() {
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<500).map { _ in
            var backoff = Backoff(first: .seconds(1), limit: .seconds(1))
            return backoff.next(using: &generator)
        }
        #expect(waits.contains { $0 < .milliseconds(100) })
        #expect(waits.contains { $0 > .milliseconds(900) })
    }

    @Test("is zero before a failure and after a success")
    func reset() {
        var backoff = Backoff(first: .milliseconds(25), limit: .seconds(1))
        var generator = SystemRandomNumberGenerator()
        #expect(backoff.longestWait == .zero)
        _ = backoff.next(using: &generator)
        backoff.reset()
        #expect(backoff.failures == 0)
        #expect(backoff.longestWait == .zero)
    }
}
