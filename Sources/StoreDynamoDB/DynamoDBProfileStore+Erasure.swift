import Bureau
import Encodings
import JSON
import Repositories

/// Tombstones, and what goes with an erased subject.
extension DynamoDBProfileStore {
    /// Keeps the tombstones first, so that a subject whose item could not be buried is buried again by what finds them.
    public func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try await runAll(tombstones.map { requests.keep($0) })
        try await runAll(tombstones.map { requests.bury($0.token, .random()) })
    }

    /// Deletes scores and their receipts; the profile went when the subject was buried.
    public func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        for requests in tablesOfScores {
            var keys: [ItemKey] = []
            let unread = await readPages(pages, in: requests, isCancellable: false) {
                (_, items) throws(MalformedItem) in
                for item in items { keys.append(try ItemKey(item)) }
                return true
            }
            if let failure = unread.values.first { throw failure.storeError(afterWriting: true) }
            let undeleted = await delete(keys, in: requests)
            if let failure = undeleted.values.first { throw failure.storeError(afterWriting: true) }
        }
    }

    public func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        var left: Set<SubjectToken> = []
        let work = BatchWork<SubjectToken>(
            operation: .batchGetItem, size: TableRequests.keysOfGet, key: ItemKey.profile(of:),
            request: { [requests] in requests.get($0, projection: "pk, erased") })
        let failures = await runBatches(tokens.unique(), work) { (answer) throws(MalformedItem) in
            guard let tables = answer["Responses"] else { throw MalformedItem() }
            for table in tables.members {
                for item in table.value.elements.lazy.map(ItemReader.init) where !item.has("erased") {
                    guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                    left.insert(token)
                }
            }
        }
        if let failure = failures.values.first { throw failure.storeError() }
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        for requests in tablesOfScores {
            let unread = await readPages(pages, in: requests) { (index, items) throws(MalformedItem) in
                if !items.isEmpty { left.insert(tokens[index]) }
                return items.isEmpty
            }
            if let failure = unread.values.first { throw failure.storeError() }
        }
        return tokens.map(left.contains)
    }

    /// Asks the partitions of tombstones all at once.
    public func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        guard limit > 0 else { return [] }
        let first = token.map { TombstoneItem.partition(of: $0) } ?? 0
        var found = [[Tombstone]](repeating: [], count: TombstoneItem.partitions)
        var open = (first..<TombstoneItem.partitions).map { number in
            let after = number == first ? token.map { Hexadecimal.text(of: $0.bytes) } ?? "" : ""
            return (number: number, after: after, request: requests.tombstones(number, after: after, limit: limit))
        }
        while !open.isEmpty {
            let outcomes = await driver.run(open.map(\.request))
            let sent = open
            open = []
            for (query, outcome) in zip(sent, outcomes) {
                guard case .answered(let body) = outcome else { throw outcome.failure.storeError() }
                do throws(MalformedItem) {
                    try withObject(in: body) { (answer) throws(MalformedItem) in
                        for item in (answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []) {
                            found[query.number].append(try TombstoneItem.tombstone(item))
                        }
                        guard found[query.number].count < limit, let last = answer["LastEvaluatedKey"] else { return }
                        let next = requests.tombstones(query.number, after: query.after, limit: limit, from: last)
                        open.append((query.number, query.after, next))
                    }
                } catch {
                    throw .corrupt(.b)
                }
            }
        }
        return Array(found.joined().prefix(limit))
    }

    /// Sends requests that may be sent again; throws why the first one failed.
    func runAll(_ requests: [APIRequest]) async throws(StoreError) {
        for outcome in await driver.run(requests, isCancellable: false) {
            guard case .answered = outcome else { throw outcome.failure.storeError() }
        }
    }
}
