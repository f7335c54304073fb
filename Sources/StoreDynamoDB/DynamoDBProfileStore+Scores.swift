import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func append(_ scores: [ScoreRecord]) async throws(StoreError) -> [StoreError?] {
        let lives = await lives(of: scores.lazy.map(\.token))
        // The API refuses a batch with the same key twice.
        var seen: Set<ItemKey> = []
        let kept = scores.compactMap { score -> (record: ScoreRecord, life: WriteID)? in
            guard case .success(let life) = lives[score.token], seen.insert(score.key).inserted else { return nil }
            return (score, life)
        }
        let work = BatchWork<(record: ScoreRecord, life: WriteID)>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: \.record.key,
            request: { [requests] in requests.put($0) })
        let failures = await runBatches(kept, work)
        let errors = scores.map { score -> StoreError? in
            if case .failure(let error) = lives[score.token] { return error }
            return failures.isEmpty ? nil : failures[score.key]?.storeError()
        }
        if let error = errors.first ?? nil, errors.allSatisfy({ $0 == error }) { throw error }
        return errors
    }

    package func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        let lives = await lives(of: queries.lazy.map(\.token))
        var histories = queries.map { _ in [ScoreRecord]() }
        let pages = queries.indices.compactMap { index -> (Int, ScorePage)? in
            guard case .success = lives[queries[index].token], let page = ScorePage(queries[index]) else { return nil }
            return (index, page)
        }
        let failures = await readPages(pages) { (index, items) throws(MalformedItem) in
            let query = queries[index]
            guard case .success(let life) = lives[query.token] else { return false }
            for item in items where histories[index].count < query.limit {
                // Scores that a deletion has missed belong to a former life.
                guard try item.bytes("life") == life.bytes else { continue }
                histories[index].append(try ScoreItem.record(item, query.token))
            }
            return histories[index].count < query.limit
        }
        let results = queries.indices.map { index -> Result<[ScoreRecord], StoreError> in
            if case .failure(let error) = lives[queries[index].token] { return .failure(error) }
            return failures[index].map { .failure($0.storeError()) } ?? .success(histories[index])
        }
        guard case .failure(let error) = results.first, results.allSatisfy({ $0 == .failure(error) }) else {
            return results
        }
        throw error
    }

    /// Deletes the scores of all lives, even when the task is cancelled, because the profiles are gone already. Returns
    /// why scores may be left.
    func deleteScores(of tokens: [SubjectToken]) async -> [SubjectToken: APIFailure] {
        var keys: [ItemKey] = []
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        let unread = await readPages(pages, isCancellable: false) { (index, items) throws(MalformedItem) in
            for item in items { keys.append(ItemKey(partition: tokens[index].bytes, sort: try item.text("sk"))) }
            return true
        }
        let work = BatchWork<ItemKey>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: { $0 },
            request: { [requests] in requests.delete($0) })
        let undeleted = await runBatches(keys, work, isCancellable: false)
        var failures: [SubjectToken: APIFailure] = [:]
        for (index, failure) in unread { failures[tokens[index]] = failure }
        for (key, failure) in undeleted {
            if let token = SubjectToken(bytes: key.partition) { failures[token] = failure }
        }
        return failures
    }

    /// Reads pages to their ends, all at once, by as many queries as the server needs, and returns the failures by the
    /// index of their page.
    ///
    /// - Parameter take: receives the index of a page and the items of one response, and returns whether to go on.
    private func readPages(
        _ pages: [(Int, ScorePage)], isCancellable: Bool = true,
        _ take: (Int, [ItemReader]) throws(MalformedItem) -> Bool
    ) async -> [Int: APIFailure] {
        var failures: [Int: APIFailure] = [:]
        var open = pages.map { (index: $0, page: $1, request: requests.query($1)) }
        while !open.isEmpty {
            let outcomes = await driver.run(open.map(\.request), isCancellable: isCancellable)
            let sent = open
            open = []
            for ((index, page, _), outcome) in zip(sent, outcomes) {
                guard case .answered(let body) = outcome else {
                    failures[index] = outcome.failure
                    continue
                }
                do throws(MalformedItem) {
                    try withObject(in: body) { (answer) throws(MalformedItem) in
                        let items = answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []
                        guard try take(index, items), let last = answer["LastEvaluatedKey"] else { return }
                        open.append((index, page, requests.query(page, from: last)))
                    }
                } catch {
                    failures[index] = APIFailure(fault: .itemDamaged)
                }
            }
        }
        return failures
    }
}

extension ScoreRecord {
    fileprivate var key: ItemKey { .score(scoreID, of: token) }
}
