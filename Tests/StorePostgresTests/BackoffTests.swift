import Testing

@testable import StorePostgres

@Suite("The wait before the next try to connect")
struct BackoffTests {
    /// Always gives the greatest number, and so the longest wait.
    private struct Greatest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    /// Counts up by an odd step, and so spreads evenly.
    private struct Spread: RandomNumberGenerator {
        var state: UInt64 = 0

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
    }

    @Test("has a ceiling that doubles with each try, up to the longest")
    func ceilings() {
        var backoff = Backoff()
        var random = Greatest()
        let waits = (0..<7).map { _ in Int((backoff.next(using: &random) / .milliseconds(1)).rounded()) }
        #expect(waits == [100, 200, 400, 800, 1600, 2000, 2000])
    }

    @Test("is any part of its ceiling, so that many daemons do not come back at once")
    func jitter() {
        var random = Spread()
        let waits = (0..<1000).map { _ in
            var backoff = Backoff()
            return backoff.next(using: &random)
        }
        let tenths = Set(waits.map { Int($0 / Backoff.first * 10) })
        #expect(tenths.isSuperset(of: 0...9))
        #expect(waits.allSatisfy { (.zero...Backoff.first).contains($0) })
    }

    @Test("is short again after a reset")
    func reset() {
        var backoff = Backoff()
        var random = Greatest()
        for _ in 0..<5 { _ = backoff.next(using: &random) }
        backoff.reset()
        #expect(backoff.next(using: &random) <= Backoff.first)
    }
}
