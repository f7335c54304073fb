import Repositories
import Testing

/// Calls that are made all at once, and of which a random half is cancelled at random times.
struct CancelStorm<Outcome: Sendable> {
    static var calls: ClosedRange<Int> { 1...200 }

    /// What became of each call, by its number.
    let results: [Int: Result<Outcome, any Error>]
    let cancelled: Set<Int>

    init(seed: UInt64, _ call: @escaping @Sendable (Int) async throws -> Outcome) async {
        var random = SeededRandom(seed: seed)
        let tasks = Dictionary(
            uniqueKeysWithValues: Self.calls.map { number in (number, Task { try await call(number) }) })
        let victims = Self.calls.shuffled(using: &random).prefix(Self.calls.count / 2)
        for victim in victims {
            for _ in 0..<Int.random(in: 0...100, using: &random) { await Task.yield() }
            tasks[victim]?.cancel()
        }
        var results: [Int: Result<Outcome, any Error>] = [:]
        for (number, task) in tasks { results[number] = await task.result }
        self.results = results
        cancelled = Set(victims)
    }
}

extension CancelStorm where Outcome: Equatable {
    /// Expects of every call that was not cancelled that it succeeded.
    func expectSuccess(_ outcome: Outcome) {
        for (number, result) in results where !cancelled.contains(number) {
            #expect((try? result.get()) == outcome, "call \(number): \(result)")
        }
    }

    /// Expects of every call that what it wanted is there if it says so, and is not if it says that nothing was done.
    func expectHonesty(_ isDone: (Int) -> Bool) {
        for (number, result) in results {
            switch result {
            case .success: #expect(isDone(number), "call \(number)")
            case .failure(StoreError.outcomeUnknown): continue
            case .failure: #expect(!isDone(number), "call \(number)")
            }
        }
    }
}
