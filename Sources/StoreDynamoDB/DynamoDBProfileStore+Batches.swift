import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    /// Sends batches side by side, hands each answer to `take`, and asks again for what the server has left over.
    func runBatches(
        _ operation: Operation, _ batches: [APIRequest], isCancellable: Bool = true,
        _ take: (Value) throws(MalformedItem) -> Void
    ) async throws(StoreError) {
        var batches = batches
        var rounds = 0
        while !batches.isEmpty {
            let outcomes = await driver.run(batches, isCancellable: isCancellable)
            batches = try leftOvers(operation, outcomes, take)
            if batches.isEmpty { return }
            rounds += 1
            // Left over is what was throttled. Some of a batch of writes may have been done.
            let failure = APIFailure(fault: .throttled, mayHaveHappened: operation == .batchWriteItem)
            guard rounds < driver.settings.attempts else { throw failure.storeError }
            await pause(rounds)
        }
    }

    private func leftOvers(
        _ operation: Operation, _ outcomes: [APIOutcome], _ take: (Value) throws(MalformedItem) -> Void
    ) throws(StoreError) -> [APIRequest] {
        let member: StaticString = operation == .batchGetItem ? "UnprocessedKeys" : "UnprocessedItems"
        var leftOvers: [APIRequest] = []
        let isAnyDone = outcomes.contains { if case .answered = $0 { true } else { false } }
        for outcome in outcomes {
            guard case .answered(let body) = outcome else {
                throw outcome.failure.storeError(afterWriting: isAnyDone && operation == .batchWriteItem)
            }
            try corruptIfMalformed { () throws(MalformedItem) in
                try Answer.read(body) { (answer) throws(MalformedItem) in
                    try take(answer)
                    if let left = answer[member], left.count > 0 { leftOvers.append(requests.again(operation, left)) }
                }
            }
        }
        return leftOvers
    }

    private func pause(_ rounds: Int) async {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = Backoff().milliseconds(afterFailures: rounds, using: &generator)
        try? await Task.sleep(for: .milliseconds(milliseconds))
    }

    func corruptIfMalformed<R>(_ body: () throws(MalformedItem) -> R) throws(StoreError) -> R {
        do {
            return try body()
        } catch {
            throw .corrupt(.b)
        }
    }
}

extension APIOutcome {
    /// Why this is no answer. A batch has no condition that could fail.
    var failure: APIFailure {
        if case .failed(let failure) = self { failure } else { APIFailure(fault: .unreadable) }
    }
}

extension APIFailure {
    /// What a call is told that consists of one request.
    var storeError: StoreError { storeError(afterWriting: false) }

    /// - Parameter afterWriting: other requests of the same call have written.
    func storeError(afterWriting: Bool) -> StoreError {
        if mayHaveHappened || afterWriting { return .outcomeUnknown(.b) }
        return switch fault {
        case .requestRefused, .unreadable, .itemTooLarge: .corrupt(.b)
        case .unreachable, .untrusted, .unanswered, .credentialsMissing, .credentialsRefused, .clockSkewed,
            .accessDenied, .tableMissing, .tableExists, .throttled, .serverFailed:
            .unavailable(.b, retryAfterMilliseconds: retryAfterMilliseconds)
        }
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, in the order of their first occurrences.
    func unique() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Array {
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
