import Testing

@testable import StoreDynamoDB

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    @Test("sends all requests as long as answers come")
    func closed() {
        var circuit = CircuitBreaker()
        #expect(circuit.decision(at: .at(0)) == .send)
        circuit.noteAnswer(at: .at(5))
        #expect(circuit.decision(at: .at(100_000)) == .send)
        #expect(circuit.takeProbe(at: .at(100_000)) == false)
        #expect(circuit.nextProbe == nil)
    }

    @Test("makes requests wait after a failure, and refuses them after a second")
    func opens() {
        var circuit = CircuitBreaker()
        circuit.noteAnswer(at: .at(0))
        circuit.noteFailure(startedAt: .at(10), at: .at(20))
        #expect(circuit.decision(at: .at(21)) == .wait)
        #expect(circuit.decision(at: .at(1009)) == .wait)
        #expect(circuit.decision(at: .at(1010)) == .refuse(retryAfter: .milliseconds(50)))
    }

    @Test("counts the second from the last answer when a failed request began earlier")
    func lateFailure() {
        var circuit = CircuitBreaker()
        circuit.noteAnswer(at: .at(1900))
        circuit.noteFailure(startedAt: .at(0), at: .at(2000))
        #expect(circuit.decision(at: .at(2000)) == .wait)
        #expect(circuit.decision(at: .at(2900)) == .refuse(retryAfter: .milliseconds(50)))
    }

    @Test("refuses at once after a request that was silent for more than a second")
    func silence() {
        var circuit = CircuitBreaker()
        circuit.noteFailure(startedAt: .at(0), at: .at(2000))
        #expect(circuit.decision(at: .at(2000)) == .refuse(retryAfter: .milliseconds(50)))
    }

    @Test("asks for one probe at a time, with growing pauses up to a limit")
    func probes() throws {
        var circuit = CircuitBreaker()
        circuit.noteFailure(startedAt: .at(0), at: .at(0))
        var now = ContinuousClock.Instant.at(0)
        var pauses: [Duration] = []
        for _ in 0..<6 {
            let due = try #require(circuit.nextProbe)
            pauses.append(due - now)
            #expect(circuit.takeProbe(at: due - .milliseconds(1)) == false)
            #expect(circuit.takeProbe(at: due) == true)
            #expect(circuit.takeProbe(at: due + .seconds(1)) == false)
            now = due + .milliseconds(3)
            circuit.noteFailure(startedAt: due, at: now, isProbe: true)
        }
        #expect(pauses == [50, 100, 200, 400, 500, 500].map(Duration.milliseconds))
    }

    @Test("failures of other requests neither end a probe nor delay the next")
    func otherFailures() {
        var circuit = CircuitBreaker()
        circuit.noteFailure(startedAt: .at(0), at: .at(0))
        for time in 1...40 as ClosedRange<Int64> { circuit.noteFailure(startedAt: .at(0), at: .at(time)) }
        #expect(circuit.takeProbe(at: .at(50)) == true)
        circuit.noteFailure(startedAt: .at(0), at: .at(60))
        #expect(circuit.takeProbe(at: .at(10_000)) == false)
    }

    @Test("any answer closes the circuit and resets the pauses")
    func closes() {
        var circuit = CircuitBreaker()
        circuit.noteFailure(startedAt: .at(0), at: .at(5000))
        #expect(circuit.takeProbe(at: .at(5050)) == true)
        circuit.noteAnswer(at: .at(5060))
        #expect(circuit.decision(at: .at(5060)) == .send)
        circuit.noteFailure(startedAt: .at(5061), at: .at(5070))
        #expect(circuit.nextProbe == .at(5120))
        #expect(circuit.decision(at: .at(5070)) == .wait)
    }
}

@Suite("The limit of requests in flight")
struct InFlightLimitTests {
    @Test("grows by one after each round of quick answers, up to the maximum")
    func growth() {
        var limit = InFlightLimit(maximum: 10)
        #expect(limit.current == 8)
        for _ in 0..<8 { limit.note(startedAt: .at(0), endedAt: .at(10)) }
        #expect(limit.current == 9)
        for _ in 0..<1000 { limit.note(startedAt: .at(0), endedAt: .at(10)) }
        #expect(limit.current == 10)
    }

    @Test("falls once for all requests that were slow together, and never to zero")
    func fall() {
        var limit = InFlightLimit(maximum: 32)
        for _ in 0..<8 { limit.note(startedAt: .at(0), endedAt: .at(501)) }
        #expect(limit.current == 5)
        limit.note(startedAt: .at(501), endedAt: .at(502), wasRefused: true)
        #expect(limit.current == 3)
        for time in 1...20 as ClosedRange<Int64> {
            limit.note(startedAt: .at(time * 1000), endedAt: .at(time * 1000 + 900))
        }
        #expect(limit.current == 1)
    }

    @Test("grows though a tenth of the requests is throttled, and falls when most are")
    func throttled() {
        var limit = InFlightLimit(maximum: 32)
        for number in 0..<2000 as Range<Int64> {
            if number.isMultiple(of: 10) {
                limit.noteThrottled(startedAt: .at(number), endedAt: .at(number + 1))
            } else {
                limit.note(startedAt: .at(number), endedAt: .at(number + 1))
            }
        }
        #expect(limit.current == 32)
        for number in 3000..<3300 as Range<Int64> {
            limit.noteThrottled(startedAt: .at(number), endedAt: .at(number + 1))
        }
        #expect(limit.current == 1)
    }

    @Test("starts at the maximum when the maximum is small")
    func small() {
        #expect(InFlightLimit(maximum: 1).current == 1)
    }
}

@Suite("The budget of retries")
struct RetryBudgetTests {
    @Test("pays for a hundred retries, and for one more after five successes")
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

    @Test("holds no more than its capacity")
    func budgetLimit() {
        var budget = RetryBudget()
        for _ in 0..<10_000 { budget.noteSuccess() }
        #expect(budget.tokens == RetryBudget.capacity)
    }
}
