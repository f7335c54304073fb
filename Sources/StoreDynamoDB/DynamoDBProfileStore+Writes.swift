import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func put(_ profiles: [ProfilePut]) async throws(StoreError) -> [WriteOutcome] {
        let writes = profiles.map { _ in WriteID.random() }
        let answers = await driver.run(zip(profiles, writes).map { requests.put($0, $1) })
        var results = profiles.indices.map { putResult(profiles[$0], writes[$0], answers[$0]) }
        await lookUp(&results, profiles.map(\.content.token)) { index, failure, profile in
            if let profile, profile.lastWrite == writes[index] { return .success(.written(version: profile.version)) }
            if let failure { return .failure(failure) }
            return .success(.versionConflict(current: profile?.version ?? 0))
        }
        return try Self.thrownIfAllFailed(results.map(\.outcome))
    }

    package func delete(_ deletions: [ProfileDeletion]) async throws(StoreError) -> [WriteOutcome] {
        let answers = await driver.run(deletions.map { requests.delete($0) })
        var results = answers.map(Self.deleteResult)
        await lookUp(&results, deletions.map(\.token)) { _, failure, profile in
            if let failure { return .failure(failure) }
            return .success(profile.map { .versionConflict(current: $0.version) } ?? .notFound)
        }
        // Also without a profile, because an interrupted deletion leaves scores behind.
        let gone = zip(deletions, results).filter { $1.isGone }.map(\.0.token)
        let failures = await deleteScores(of: gone)
        return try Self.thrownIfAllFailed(
            zip(deletions, results).map { deletion, result in
                failures[deletion.token].map { .failed(.outcomeUnknown(.b, $0.reason)) } ?? result.outcome
            })
    }

    /// Returns the outcomes, or throws the error that all items share.
    private static func thrownIfAllFailed(_ outcomes: [WriteOutcome]) throws(StoreError) -> [WriteOutcome] {
        guard case .failed(let error) = outcomes.first, outcomes.allSatisfy({ $0 == .failed(error) }) else {
            return outcomes
        }
        throw error
    }

    private func putResult(_ put: ProfilePut, _ write: WriteID, _ answer: APIOutcome) -> ItemResult {
        switch answer {
        case .answered(let body):
            let version = put.expectedVersion.map { $0 + 1 } ?? WrittenProfile(in: body, at: "Attributes")?.version
            guard let version else { return .unknown(APIFailure(fault: .unreadable, mayHaveHappened: true)) }
            return .settled(.success(.written(version: version)))
        case .conditionFailed(let body):
            guard let profile = WrittenProfile(in: body, at: "Item") else { return .unknown(nil) }
            return .settled(
                .success(
                    profile.lastWrite == write
                        ? .written(version: profile.version) : .versionConflict(current: profile.version)))
        case .failed(let failure):
            return failure.mayHaveHappened ? .unknown(failure) : .settled(.failure(failure))
        }
    }

    private static func deleteResult(_ answer: APIOutcome) -> ItemResult {
        switch answer {
        case .answered(let body):
            let profile = WrittenProfile(in: body, at: "Attributes")
            return .settled(.success(profile.map { .written(version: $0.version) } ?? .notFound))
        case .conditionFailed(let body):
            guard let profile = WrittenProfile(in: body, at: "Item") else { return .unknown(nil) }
            return .settled(.success(.versionConflict(current: profile.version)))
        case .failed(let failure):
            return .settled(.failure(failure))
        }
    }

    /// Reads the profiles of unsettled writes, and lets `settle` decide by the present state.
    private func lookUp(
        _ results: inout [ItemResult], _ tokens: [SubjectToken],
        _ settle: (Int, APIFailure?, WrittenProfile?) -> Result<WriteOutcome, APIFailure>
    ) async {
        let indices = results.indices.filter { results[$0].isUnknown }
        let answers = await driver.run(
            indices.map { requests.get(.profile(of: tokens[$0]), projection: "version, lastWrite") })
        for (index, answer) in zip(indices, answers) {
            guard case .unknown(let failure) = results[index] else { continue }
            switch answer {
            case .answered(let body):
                results[index] = .settled(settle(index, failure, WrittenProfile(in: body, at: "Item")))
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

/// The version of a profile, and the write that made it.
struct WrittenProfile {
    let version: Int64
    let lastWrite: WriteID

    /// Reads the item in a member of a response; nil when the item is missing.
    init?(in body: [UInt8], at member: StaticString) {
        let read = try? withObject(in: body) { (answer) throws(MalformedItem) in
            guard let item = answer[member].map(ItemReader.init) else { throw MalformedItem() }
            return (try item.integer("version") as Int64, WriteID(bytes: try item.bytes("lastWrite")))
        }
        guard let read else { return nil }
        (version, lastWrite) = read
    }
}
