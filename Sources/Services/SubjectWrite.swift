import Bureau
import Repositories

/// A request to write a subject's record: what to write, and which version of the record to write over.
public struct SubjectWrite<Content: Sendable>: RepeatableWrite {
    public var cpf: CPF
    public var content: Content
    /// The version that the record must have; nil for any version.
    public var expectedVersion: Int64?
    public var access: Access
    public var repetition: Repetition?
    public var mark: RepeatMark?
    /// Whether base A's audit log has the request already.
    var isAudited = false

    public init(
        cpf: CPF, content: Content, expectedVersion: Int64?, access: Access, repetition: Repetition? = nil
    ) {
        self.cpf = cpf
        self.content = content
        self.expectedVersion = expectedVersion
        self.access = access
        self.repetition = repetition
    }

    /// Throws `versionConflict` when the caller expects another version than the current one.
    func requireVersion(_ current: Int64) throws(ServiceError) {
        if let expectedVersion, expectedVersion != current { throw .versionConflict(current: current) }
    }
}

/// What a write leaves behind.
public struct Written: Hashable, Sendable {
    /// Counts the writes of the record that was written: of the debt, when a debt was.
    public var version: Int64
    public var at: Instant
    /// The debts that were written, in the order of the request.
    public var debtIDs: [RecordID] = []
}

/// The result of one try to change a record that others may change at the same time.
enum Attempt<Success: Sendable>: Sendable {
    case settled(Result<Success, ServiceError>)
    /// Another writer came in between; the whole change has to be made again on the new record.
    case overtaken
}

extension Attempt {
    /// How often a change is tried before it fails as `contended`.
    private static var maximumTries: Int { 8 }

    /// Changes records that are read first: `prepare` reads and seals, `write` writes what could be prepared.
    ///
    /// Both are called again for the items that another writer overtook.
    static func settle<Content, Prepared: Sendable>(
        _ writes: [SubjectWrite<Content>],
        prepare: ([SubjectWrite<Content>]) async throws(ServiceError) -> [Result<Prepared, ServiceError>],
        write: ([Prepared]) async throws(ServiceError) -> [Result<Success, ServiceError>]
    ) async -> [Result<Success, ServiceError>] {
        var hasBegun = false
        return await settle(writes) { writes in
            var writes = writes
            if hasBegun { for index in writes.indices { writes[index].isAudited = true } }
            hasBegun = true
            let prepared = await batch(of: writes.count) { () async throws(ServiceError) in try await prepare(writes) }
            let ready = prepared.compactMap { try? $0.get() }
            let outcomes = await batch(of: ready.count) { () async throws(ServiceError) in try await write(ready) }
            return merge(prepared, outcomes, expected: writes.map(\.expectedVersion))
        }
    }

    /// Tries until every item is settled or has been tried too often.
    static func settle<Item>(
        _ items: [Item], try attempt: ([Item]) async -> [Attempt<Success>]
    ) async -> [Result<Success, ServiceError>] {
        var results = [Result<Success, ServiceError>](repeating: .failure(.contended), count: items.count)
        var pending = Array(items.indices)
        for _ in 0..<maximumTries where !pending.isEmpty {
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

    /// Merges the outcomes of what was written with the failures of what could not be prepared, in the items' order.
    ///
    /// A write that was overtaken is tried again. A version conflict is final when the caller named another version
    /// than the current one. Otherwise another writer came in between, and the write is tried again.
    static func merge<Prepared>(
        _ prepared: [Result<Prepared, ServiceError>], _ outcomes: [Result<Success, ServiceError>],
        expected: [Int64?]
    ) -> [Attempt<Success>] {
        var outcomes = outcomes.makeIterator()
        return zip(prepared, expected).map { prepared, expected in
            if case .failure(.overtaken) = prepared { return .overtaken }
            if case .failure(let error) = prepared { return .settled(.failure(error)) }
            guard let outcome = outcomes.next() else { return .overtaken }
            if case .failure(.overtaken) = outcome { return .overtaken }
            if case .failure(.versionConflict(let current)) = outcome, expected ?? current == current {
                return .overtaken
            }
            return .settled(outcome)
        }
    }
}

extension WriteOutcome {
    /// The version that was written, or the reason why nothing was written.
    var version: Result<Int64, ServiceError> {
        switch self {
        case .written(let version): .success(version)
        case .alreadyExists: .failure(.alreadyExists())
        case .notFound: .failure(.notFound)
        case .versionConflict(let current): .failure(.versionConflict(current: current))
        case .overtaken: .failure(.overtaken)
        // The receipt is looked up once more.
        case .repeated: .failure(.contended)
        case .erased: .failure(.forbidden(.erased))
        case .failed(let error): .failure(.store(error))
        }
    }
}
