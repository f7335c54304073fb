import Bureau
import JSON
import Platform
import Repositories

/// A write of a profile's item that leaves a receipt there.
protocol ReceiptedWrite: Sendable {
    var token: SubjectToken { get }
    var receipt: NewReceipt? { get }

    /// Why the write has no effect on an item in this state; nil when it has.
    func refusal(on state: ItemState?) -> WriteOutcome?

    /// The version of the receipt and of the answer.
    func version(on state: ItemState?) -> Int64

    func request(
        by requests: TableRequests, _ write: WriteID, over state: ItemState?, _ receipts: ProfileReceipts
    ) -> APIRequest
}

extension DynamoDBProfileStore {
    /// How often a write is tried while others change its item.
    private static let maximumTries = 8

    /// Writes items with their receipts. Each write reads its item and takes effect only on what it has read, so that
    /// no receipt of another daemon is overwritten, and no key is used twice.
    func write(_ writes: [some ReceiptedWrite]) async -> [ItemResult] {
        var tries = writes.map { Try($0) }
        var open = Array(writes.indices)
        var backoff = driver.settings.backoff
        var generator = SystemRandomNumberGenerator()
        for attempt in 0..<Self.maximumTries where !open.isEmpty {
            if attempt > 0 { try? await Task.sleep(for: backoff.next(using: &generator)) }
            let read = open.map { requests.get(.profile(of: writes[$0].token), projection: Self.attributes) }
            for (index, answer) in zip(open, await driver.run(read)) { tries[index].read(answer) }
            let sent = open.compactMap { index in tries[index].request(by: requests).map { (index, $0) } }
            for ((index, _), answer) in zip(sent, await driver.run(sent.map(\.1))) { tries[index].take(answer) }
            open = sent.map(\.0).filter { tries[$0].result.isUnknown }
        }
        return tries.map(\.result)
    }

    private static let attributes = "version, lastWrite, life, receipts, erased"

    /// Reads receipts from the subjects' items and from those of scores, and writes the scores that a daemon has left
    /// unwritten after it had kept their receipts.
    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        let receipts = keys.map(ItemKey.receipt).unique()
        let profiles = keys.map { ItemKey.profile(of: $0.token) }.unique()
        var found = FoundReceipts()
        // Version 0.1.0 kept the receipts of scores beside the profiles.
        for (requests, items) in [(requests, profiles + receipts), (scoreRequests, receipts)] {
            let work = BatchWork<ItemKey>(
                operation: .batchGetItem, size: TableRequests.keysOfGet, key: { $0 },
                request: { requests.batchGet($0) })
            let failures = await runBatches(items, work) { (answer) throws(MalformedItem) in
                guard let tables = answer["Responses"] else { throw MalformedItem() }
                for table in tables.members {
                    for item in table.value.elements.lazy.map(ItemReader.init) { try found.add(item) }
                }
            }
            if let failure = failures.values.first { throw failure.storeError() }
        }
        try await finish(found, for: keys)
        return keys.map { found[$0] }
    }

    /// Does what a daemon has left undone after it had kept a receipt, and changes nothing where all is done: writes
    /// scores, and deletes those of deleted profiles.
    private func finish(_ found: FoundReceipts, for keys: [RepeatKey]) async throws(StoreError) {
        let open = found.scores.values.map(\.score).filter { found.lives[$0.record.token] == $0.life }
        if let failure = await write(open).values.first { throw failure.storeError() }
        let deleted = keys.filter { found.profiles[$0.token]?[$0] != nil && found.lives[$0.token] == nil }
        if let failure = await deleteScores(of: deleted.map(\.token).unique()).values.first {
            throw failure.storeError()
        }
    }
}

/// One write with a receipt, tried until nobody else comes in between.
private struct Try<Write: ReceiptedWrite> {
    let write: Write
    /// Unknown until the write has taken effect or is refused.
    private(set) var result = ItemResult.unknown(APIFailure(fault: .conflict))
    private var state: ItemState?
    private var sent: (id: WriteID, version: Int64)?

    init(_ write: Write) {
        self.write = write
    }

    /// Takes the item as it is now.
    mutating func read(_ answer: APIOutcome) {
        do throws(APIFailure) {
            state = try ItemState.present(in: answer, write.token)
        } catch {
            // What an earlier try may have done stays unknown.
            if !mayHaveHappened { result = .settled(.failure(error)) }
            return
        }
        if let state, let sent, state.lastWrite == sent.id {
            result = .settled(.success(.written(version: sent.version)))
        } else if let key = write.receipt?.key, state?.receipts[key] != nil {
            result = .settled(.success(.repeated))
        } else if let refusal = write.refusal(on: state) {
            result = .settled(.success(refusal))
        }
    }

    /// The request that writes over the item as it was read; nil when the result is settled.
    mutating func request(by requests: TableRequests) -> APIRequest? {
        guard result.isUnknown, let new = write.receipt else { return nil }
        let version = write.version(on: state)
        let receipts = (state?.receipts ?? ProfileReceipts()).adding(new, version: version)
        let id = WriteID.random()
        sent = (id, version)
        return write.request(by: requests, id, over: state, receipts)
    }

    mutating func take(_ answer: APIOutcome) {
        guard let sent else { return }
        switch answer {
        case .answered: result = .settled(.success(.written(version: sent.version)))
        case .conditionFailed(let body):
            // An attempt without an answer may have been followed by one that met its effect.
            guard ItemState(in: body, at: "Item", write.token)?.lastWrite == sent.id else { return }
            result = .settled(.success(.written(version: sent.version)))
        case .failed(let failure):
            result = failure.mayHaveHappened ? .unknown(failure) : .settled(.failure(failure))
        }
    }

    private var mayHaveHappened: Bool {
        if case .unknown(let failure?) = result { failure.mayHaveHappened } else { false }
    }
}

extension ItemState {
    /// Reads the item of an answer to `GetItem`; nil when there is none.
    fileprivate static func present(
        in answer: APIOutcome, _ token: SubjectToken
    ) throws(APIFailure) -> ItemState? {
        guard case .answered(let body) = answer else { throw answer.failure }
        do throws(MalformedItem) {
            return try withObject(in: body) { (answer) throws(MalformedItem) in
                guard let item = answer["Item"] else { return nil }
                return try ItemState(ItemReader(members: item), token)
            }
        } catch {
            throw APIFailure(fault: .itemDamaged)
        }
    }
}

/// Receipts as they were read from the table.
private struct FoundReceipts {
    private(set) var profiles: [SubjectToken: ProfileReceipts] = [:]
    /// By the sort key of their items.
    private(set) var scores: [ItemKey: ScoreReceipt] = [:]
    /// The present life of each subject's profile.
    private(set) var lives: [SubjectToken: WriteID] = [:]

    mutating func add(_ item: ItemReader) throws(MalformedItem) {
        let key = try ItemKey(item)
        guard let token = SubjectToken(bytes: key.partition) else { throw MalformedItem() }
        if key.sort == ItemKey.profile {
            profiles[token] = try ProfileReceipts(item, token)
            lives[token] = try item.bytesIfAny("life").map(WriteID.init(bytes:))
        } else {
            scores[key] = try ScoreReceipt(item, token)
        }
    }

    subscript(key: RepeatKey) -> Receipt? {
        profiles[key.token]?[key] ?? scores[.receipt(key)]?.receipt
    }
}

extension ProfilePut: ReceiptedWrite {
    var token: SubjectToken { content.token }

    func refusal(on state: ItemState?) -> WriteOutcome? {
        if state?.isErased == true { return .erased }
        let current = state?.current ?? 0
        return expectedVersion == nil || expectedVersion == current ? nil : .versionConflict(current: current)
    }

    func version(on state: ItemState?) -> Int64 { (state?.version ?? 0) + 1 }

    func request(
        by requests: TableRequests, _ write: WriteID, over state: ItemState?, _ receipts: ProfileReceipts
    ) -> APIRequest {
        requests.put(self, write, over: state, receipts)
    }
}

extension ProfileDeletion: ReceiptedWrite {
    func refusal(on state: ItemState?) -> WriteOutcome? {
        guard let state, state.isPresent else { return .notFound }
        return expectedVersion == nil || expectedVersion == state.version
            ? nil : .versionConflict(current: state.version)
    }

    func version(on state: ItemState?) -> Int64 { state?.version ?? 0 }

    func request(
        by requests: TableRequests, _ write: WriteID, over state: ItemState?, _ receipts: ProfileReceipts
    ) -> APIRequest {
        requests.delete(self, write, over: state, receipts)
    }
}
