import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    public func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        try Self.thrownIfAllFailed(
            await results(profiles, \.receipt, { await putPlain($0) }, { await write($0) }).map(\.outcome))
    }

    public func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        let results = await results(deletions, \.receipt, { await deletePlain($0) }, { await write($0) })
        // Also without a profile, because an interrupted deletion leaves scores behind.
        let gone = zip(deletions, results).filter { $1.isGone }.map(\.0.token)
        let failures = await deleteScores(of: gone)
        return try Self.thrownIfAllFailed(
            zip(deletions, results).map { deletion, result in
                failures[deletion.token].map { .failed(.outcomeUnknown(.b, $0.reason)) } ?? result.outcome
            })
    }

    /// Returns the outcomes, or throws the error that all items share.
    static func thrownIfAllFailed(_ outcomes: [WriteOutcome]) throws(StoreError) -> [WriteOutcome] {
        guard case .failed(let error) = outcomes.first, outcomes.allSatisfy({ $0 == .failed(error) }) else {
            return outcomes
        }
        throw error
    }

    /// Writes items without a receipt and items with one, each kind in its own way, and returns the results in order.
    private func results<Item>(
        _ items: [Item], _ receipt: (Item) -> NewReceipt?, _ plain: ([Item]) async -> [ItemResult],
        _ receipted: ([Item]) async -> [ItemResult]
    ) async -> [ItemResult] {
        let marked = items.filter { receipt($0) != nil }
        if marked.isEmpty { return await plain(items) }
        var ofMarked = await receipted(marked).makeIterator()
        var ofPlain = await plain(items.filter { receipt($0) == nil }).makeIterator()
        return items.map { item in
            (receipt(item) == nil ? ofPlain.next() : ofMarked.next()) ?? .unknown(nil)
        }
    }

    private func putPlain(_ profiles: [ProfilePut]) async -> [ItemResult] {
        let writes = profiles.map { _ in WriteID.random() }
        let answers = await driver.run(zip(profiles, writes).map { requests.put($0, $1) })
        var results = profiles.indices.map { putResult(profiles[$0], writes[$0], answers[$0]) }
        await lookUp(&results, profiles.map(\.content.token)) { index, failure, state in
            if let state, state.lastWrite == writes[index] { return .success(.written(version: state.version)) }
            if let failure { return .failure(failure) }
            return .success(state?.isErased == true ? .erased : .versionConflict(current: state?.current ?? 0))
        }
        return results
    }

    private func deletePlain(_ deletions: [ProfileDeletion]) async -> [ItemResult] {
        let writes = deletions.map { _ in WriteID.random() }
        let answers = await driver.run(zip(deletions, writes).map { requests.delete($0, $1) })
        var results = deletions.indices.map { deleteResult(deletions[$0], writes[$0], answers[$0]) }
        await lookUp(&results, deletions.map(\.token)) { index, failure, state in
            if let state, state.lastWrite == writes[index] { return .success(.written(version: state.version)) }
            if let failure { return .failure(failure) }
            guard let state, state.isPresent else { return .success(.notFound) }
            return .success(.versionConflict(current: state.version))
        }
        return results
    }

    private func putResult(_ put: ProfilePut, _ write: WriteID, _ answer: APIOutcome) -> ItemResult {
        switch answer {
        case .answered(let body):
            let token = put.content.token
            let version =
                put.expectedVersion.flatMap { $0 == 0 ? nil : $0 + 1 }
                ?? ItemState(in: body, at: "Attributes", token)?.version
            guard let version else { return .unknown(APIFailure(fault: .unreadable, mayHaveHappened: true)) }
            return .settled(.success(.written(version: version)))
        case .conditionFailed(let body):
            guard let state = ItemState(in: body, at: "Item", put.content.token) else { return .unknown(nil) }
            if state.isErased { return .settled(.success(.erased)) }
            return .settled(
                .success(
                    state.lastWrite == write
                        ? .written(version: state.version) : .versionConflict(current: state.current)))
        case .failed(let failure):
            return failure.mayHaveHappened ? .unknown(failure) : .settled(.failure(failure))
        }
    }

    private func deleteResult(_ deletion: ProfileDeletion, _ write: WriteID, _ answer: APIOutcome) -> ItemResult {
        switch answer {
        case .answered(let body):
            guard let state = ItemState(in: body, at: "Attributes", deletion.token) else {
                return .unknown(APIFailure(fault: .unreadable, mayHaveHappened: true))
            }
            return .settled(.success(.written(version: state.version)))
        case .conditionFailed(let body):
            guard let state = ItemState(in: body, at: "Item", deletion.token) else { return .unknown(nil) }
            if state.lastWrite == write { return .settled(.success(.written(version: state.version))) }
            return .settled(.success(state.isPresent ? .versionConflict(current: state.version) : .notFound))
        case .failed(let failure):
            return failure.mayHaveHappened ? .unknown(failure) : .settled(.failure(failure))
        }
    }

    /// Reads the items of unsettled writes, and lets `settle` decide by the present state.
    private func lookUp(
        _ results: inout [ItemResult], _ tokens: [SubjectToken],
        _ settle: (Int, APIFailure?, ItemState?) -> Result<WriteOutcome, APIFailure>
    ) async {
        let indices = results.indices.filter { results[$0].isUnknown }
        let answers = await driver.run(
            indices.map { requests.get(.profile(of: tokens[$0]), projection: "version, lastWrite, life, erased") })
        for (index, answer) in zip(indices, answers) {
            guard case .unknown(let failure) = results[index] else { continue }
            switch answer {
            case .answered(let body):
                results[index] = .settled(settle(index, failure, ItemState(in: body, at: "Item", tokens[index])))
            case .failed, .conditionFailed:
                results[index] = .settled(.failure(failure ?? answer.failure))
            }
        }
    }
}

/// The result of one item in a batch of writes.
enum ItemResult {
    case settled(Result<WriteOutcome, APIFailure>)
    /// The item has to be read first. Without a failure its condition did not hold, and the server did not return the
    /// item; with a failure the write has no answer.
    case unknown(APIFailure?)

    var isUnknown: Bool { if case .unknown = self { true } else { false } }

    var outcome: WriteOutcome {
        switch self {
        case .settled(.success(let outcome)): outcome
        case .settled(.failure(let failure)), .unknown(let failure?): .failed(failure.storeError())
        case .unknown(nil): .failed(APIFailure(fault: .unreadable).storeError())
        }
    }

    /// Whether the profile is gone, or never was there.
    var isGone: Bool {
        switch self {
        case .settled(.success(.written)), .settled(.success(.notFound)): true
        default: false
        }
    }
}

/// What a profile's item tells of its writes.
struct ItemState: Hashable, Sendable {
    /// The version of the profile, or of the last one that was deleted.
    let version: Int64
    let lastWrite: WriteID
    /// Whether there is a profile: its item stays when the profile is deleted.
    let isPresent: Bool
    /// Whether the subject was erased: its item stays and refuses every write.
    let isErased: Bool
    let receipts: ProfileReceipts

    /// The version that a write compares: 0 without a profile.
    var current: Int64 { isPresent ? version : 0 }

    /// Reads the item in a member of a response; nil when the item is missing or no profile's.
    init?(in body: [UInt8], at member: StaticString, _ token: SubjectToken) {
        let read = try? withObject(in: body) { (answer) throws(MalformedItem) in
            guard let item = answer[member].map(ItemReader.init) else { throw MalformedItem() }
            return try ItemState(item, token)
        }
        guard let read else { return nil }
        self = read
    }

    init(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) {
        version = try item.integer("version")
        lastWrite = WriteID(bytes: try item.bytes("lastWrite"))
        isPresent = ProfileItem.isPresent(item)
        isErased = item.has("erased")
        receipts = try ProfileReceipts(item, token)
    }
}
