/// What became of one try to change a record that others may change at the same time.
enum Attempt<Success: Sendable>: Sendable {
    case settled(Result<Success, ServiceError>)
    /// Somebody wrote in between; the whole change has to be made again on what is there now.
    case overtaken
}

extension Attempt {
    /// How often a change is made anew before it is given up.
    private static var mostTries: Int { 8 }

    /// Tries until every item is settled; those that never are come to `contended`.
    static func settle<Item>(
        _ items: [Item], try attempt: ([Item]) async -> [Attempt<Success>]
    ) async -> [Result<Success, ServiceError>] {
        var results = [Result<Success, ServiceError>](repeating: .failure(.contended), count: items.count)
        var pending = Array(items.indices)
        for _ in 0..<mostTries where !pending.isEmpty {
            let attempts = await attempt(pending.map { items[$0] })
            var overtaken: [Int] = []
            for (index, attempt) in zip(pending, attempts) {
                switch attempt {
                case .settled(let result): results[index] = result
                case .overtaken: overtaken.append(index)
                }
            }
            pending = overtaken
        }
        return results
    }
}

extension Attempt {
    /// Puts the outcomes of what was written beside the failures of what could not be prepared, in order.
    ///
    /// A version conflict is the caller's to hear of when the caller named the version; otherwise somebody was faster.
    static func merge<Prepared>(
        _ prepared: [Result<Prepared, ServiceError>], _ outcomes: [Result<Success, ServiceError>],
        isCallersVersion: [Bool]
    ) -> [Attempt<Success>] {
        var outcomes = outcomes.makeIterator()
        return zip(prepared, isCallersVersion).map { prepared, isCallersVersion in
            if case .failure(let error) = prepared { return .settled(.failure(error)) }
            guard let outcome = outcomes.next() else { return .overtaken }
            if case .failure(.versionConflict) = outcome, !isCallersVersion { return .overtaken }
            return .settled(outcome)
        }
    }
}
