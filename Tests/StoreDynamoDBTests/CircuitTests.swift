import Testing

@testable import StoreDynamoDB

@Suite("The circuit to the endpoint")
struct CircuitTests {
    @Test("lets everything through as long as answers come")
    func closed() {
        var circuit = Circuit()
        #expect(circuit.admit(at: 0) == .go)
        circuit.noteAnswer(at: 5)
        #expect(circuit.admit(at: 100_000) == .go)
        #expect(circuit.takeProbe(at: 100_000) == false)
        #expect(circuit.nextProbeMilliseconds == nil)
    }

    @Test("makes requests wait after a failure, and refuses them when its patience is over")
    func opens() {
        var circuit = Circuit()
        circuit.noteAnswer(at: 0)
        circuit.noteFailure(startedAt: 10, at: 20)
        #expect(circuit.admit(at: 21) == .wait)
        #expect(circuit.admit(at: 1009) == .wait)
        #expect(circuit.admit(at: 1010) == .refuse(retryAfterMilliseconds: 50))
    }

    @Test("counts from the last answer when a request that failed began before it")
    func lateFailure() {
        var circuit = Circuit()
        circuit.noteAnswer(at: 1900)
        circuit.noteFailure(startedAt: 0, at: 2000)
        #expect(circuit.admit(at: 2000) == .wait)
        #expect(circuit.admit(at: 2900) == .refuse(retryAfterMilliseconds: 50))
    }

    @Test("a request that was silent for longer than the patience has it refuse at once")
    func silence() {
        var circuit = Circuit()
        circuit.noteFailure(startedAt: 0, at: 2000)
        #expect(circuit.admit(at: 2000) == .refuse(retryAfterMilliseconds: 50))
    }

    @Test("sends one probe at a time, at growing distances up to a limit")
    func probes() {
        var circuit = Circuit()
        circuit.noteFailure(startedAt: 0, at: 0)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<6 {
            let due = circuit.nextProbeMilliseconds ?? -1
            pauses.append(due - now)
            #expect(circuit.takeProbe(at: due - 1) == false)
            #expect(circuit.takeProbe(at: due) == true)
            #expect(circuit.takeProbe(at: due + 1000) == false)
            now = due + 3
            circuit.noteFailure(startedAt: due, at: now, isProbe: true)
        }
        #expect(pauses == [50, 100, 200, 400, 500, 500])
    }

    @Test("failures of other requests neither end a probe nor put the next one off")
    func otherFailures() {
        var circuit = Circuit()
        circuit.noteFailure(startedAt: 0, at: 0)
        for time in 1...40 as ClosedRange<Int64> { circuit.noteFailure(startedAt: 0, at: time) }
        #expect(circuit.takeProbe(at: 50) == true)
        circuit.noteFailure(startedAt: 0, at: 60)
        #expect(circuit.takeProbe(at: 10_000) == false)
    }

    @Test("is closed by any answer, and starts anew after it")
    func closes() {
        var circuit = Circuit()
        circuit.noteFailure(startedAt: 0, at: 5000)
        #expect(circuit.takeProbe(at: 5050) == true)
        circuit.noteAnswer(at: 5060)
        #expect(circuit.admit(at: 5060) == .go)
        circuit.noteFailure(startedAt: 5061, at: 5070)
        #expect(circuit.nextProbeMilliseconds == 5120)
        #expect(circuit.admit(at: 5070) == .wait)
    }
}
