import Bureau
import JSON
import Platform
import Repositories

extension DynamoDBProfileStore {
    package func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [ProfileRecord?] {
        // The API refuses a batch with the same key twice.
        let different = tokens.unique()
        var records: [SubjectToken: ProfileRecord] = [:]
        records.reserveCapacity(different.count)
        let batches = different.chunks(of: TableRequests.keysOfGet).map { requests.get($0) }
        try await runBatches(.batchGetItem, batches) { (answer) throws(MalformedItem) in
            for item in Self.items(answer) {
                let token = try Self.token(item)
                records[token] = try ProfileItem.record(item, token)
            }
        }
        return tokens.map { records[$0] }
    }

    /// Reads the life of each subject's profile; a subject without a profile has none.
    func lives(of tokens: some Sequence<SubjectToken>) async throws(StoreError) -> [SubjectToken: WriteID] {
        var lives: [SubjectToken: WriteID] = [:]
        let batches = tokens.unique().chunks(of: TableRequests.keysOfGet)
            .map { requests.get($0, projection: "pk, life") }
        try await runBatches(.batchGetItem, batches) { (answer) throws(MalformedItem) in
            for item in Self.items(answer) { lives[try Self.token(item)] = WriteID(bytes: try item.bytes("life")) }
        }
        return lives
    }

    private static func token(_ item: ItemReader) throws(MalformedItem) -> SubjectToken {
        guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
        return token
    }

    /// The items of a response to a batch of reads, which are all of the same table.
    private static func items(_ answer: Value) -> [ItemReader] {
        guard let tables = answer["Responses"] else { return [] }
        return tables.members.flatMap { $0.value.elements.lazy.map(ItemReader.init) }
    }

    /// Sends batches together, gives each response to `take`, and repeats the items that the server has not processed.
    func runBatches(
        _ operation: Operation, _ batches: [APIRequest], isCancellable: Bool = true,
        _ take: (Value) throws(MalformedItem) -> Void
    ) async throws(StoreError) {
        var batches = batches
        var backoff = driver.settings.backoff
        var generator = SystemRandomNumberGenerator()
        while !batches.isEmpty {
            let outcomes = await driver.run(batches, isCancellable: isCancellable)
            batches = try unprocessed(operation, outcomes, take)
            if batches.isEmpty { return }
            let pause = backoff.next(using: &generator)
            guard backoff.failures < driver.settings.attempts else {
                // The server leaves throttled items unprocessed. Other writes of the batch may have happened.
                let failure = APIFailure(fault: .throttled, mayHaveHappened: operation == .batchWriteItem)
                throw failure.storeError()
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func unprocessed(
        _ operation: Operation, _ outcomes: [APIOutcome], _ take: (Value) throws(MalformedItem) -> Void
    ) throws(StoreError) -> [APIRequest] {
        let member: StaticString = operation == .batchGetItem ? "UnprocessedKeys" : "UnprocessedItems"
        var unprocessed: [APIRequest] = []
        let isAnyDone = outcomes.contains { if case .answered = $0 { true } else { false } }
        for outcome in outcomes {
            guard case .answered(let body) = outcome else {
                throw outcome.failure.storeError(afterWriting: isAnyDone && operation == .batchWriteItem)
            }
            try readAnswer(body) { (answer) throws(MalformedItem) in
                try take(answer)
                if let left = answer[member], left.count > 0 { unprocessed.append(requests.again(operation, left)) }
            }
        }
        return unprocessed
    }

    /// Lends the object of an answer to `read`; a malformed answer is corrupt.
    func readAnswer(_ body: [UInt8], _ read: (Value) throws(MalformedItem) -> Void) throws(StoreError) {
        do {
            try withObject(in: body, read)
        } catch {
            throw .corrupt(.b)
        }
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, in the order of first occurrence.
    func unique() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Array {
    /// Splits the array into slices of `size` elements; the last may have fewer.
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
