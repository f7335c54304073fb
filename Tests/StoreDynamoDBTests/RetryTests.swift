import Testing

@testable import StoreDynamoDB

@Suite("Retries")
struct RetryTests {
    @Test("a pause lies between nothing and a ceiling that doubles up to the limit")
    func backoff() {
        let backoff = Backoff()
        #expect([1, 2, 3, 6, 7, 100, .max].map(backoff.ceiling) == [25, 50, 100, 800, 1000, 1000, 1000])
        #expect([0, -1, .min + 1].map(backoff.ceiling) == [25, 25, 25])
        var generator = SystemRandomNumberGenerator()
        for failures in 1...9 {
            let pauses = (0..<200).map { _ in backoff.milliseconds(afterFailures: failures, using: &generator) }
            #expect(pauses.allSatisfy { (0...backoff.ceiling(afterFailures: failures)).contains($0) })
            #expect(Set(pauses).count > 1)
        }
    }

    @Test("chance reaches both ends of a pause")
    func jitter() {
        var generator = SystemRandomNumberGenerator()
        let backoff = Backoff(baseMilliseconds: 3, limitMilliseconds: 3)
        let pauses = Set((0..<500).map { _ in backoff.milliseconds(afterFailures: 1, using: &generator) })
        #expect(pauses == [0, 1, 2, 3])
    }

    @Test("the budget pays for a hundred retries, and for one more after five successes")
    func budget() {
        var budget = RetryBudget()
        var paid = 0
        while budget.takeRetry() { paid += 1 }
        #expect(paid == 100)
        for _ in 0..<4 { budget.noteSuccess() }
        #expect(budget.takeRetry() == false)
        budget.noteSuccess()
        #expect(budget.takeRetry() == true)
        #expect(budget.takeRetry() == false)
    }

    @Test("the budget holds no more than it began with")
    func budgetLimit() {
        var budget = RetryBudget()
        for _ in 0..<10_000 { budget.noteSuccess() }
        #expect(budget.tokens == RetryBudget.capacity)
    }

    @Test("the limit grows by one a round of quick answers, up to the most")
    func growth() {
        var limit = InFlightLimit(most: 10)
        #expect(limit.current == 8)
        for _ in 0..<8 { limit.note(startedAt: 0, endedAt: 10) }
        #expect(limit.current == 9)
        for _ in 0..<1000 { limit.note(startedAt: 0, endedAt: 10) }
        #expect(limit.current == 10)
    }

    @Test("the limit falls once for all requests that were slow together, and never to nothing")
    func fall() {
        var limit = InFlightLimit(most: 32)
        for _ in 0..<8 { limit.note(startedAt: 0, endedAt: 501) }
        #expect(limit.current == 5)
        limit.note(startedAt: 501, endedAt: 502, wasRefused: true)
        #expect(limit.current == 3)
        for time in 1...20 as ClosedRange<Int64> { limit.note(startedAt: time * 1000, endedAt: time * 1000 + 900) }
        #expect(limit.current == 1)
    }

    @Test("the limit starts at what is allowed when that is little")
    func small() {
        #expect(InFlightLimit(most: 1).current == 1)
    }
}
