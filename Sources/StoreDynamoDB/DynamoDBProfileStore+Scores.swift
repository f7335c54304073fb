import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func append(_ scores: [ScoreRecord]) async throws(StoreError) -> [StoreError?] {
        let lives = try await lives(of: scores.lazy.map(\.token))
        // The API refuses a batch with the same key twice.
        var seen: Set<ItemKey> = []
        let kept = scores.compactMap { score -> (record: ScoreRecord, life: WriteID)? in
            guard let life = lives[score.token],
                seen.insert(.score(score.scoreID, of: score.token)).inserted
            else { return nil }
            return (score, life)
        }
        let batches = kept.chunks(of: TableRequests.itemsOfWrite).map { requests.put($0) }
        try await runBatches(.batchWriteItem, batches) { _ in }
        return Array(repeating: nil, count: scores.count)
    }

    package func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [[ScoreRecord]] {
        let lives = try await lives(of: queries.lazy.map(\.token))
        var histories = queries.map { _ in [ScoreRecord]() }
        let pages = queries.indices.compactMap { index -> (Int, ScorePage)? in
            guard lives[queries[index].token] != nil, let page = ScorePage(queries[index]) else { return nil }
            return (index, page)
        }
        try await readPages(pages) { (index, items) throws(MalformedItem) in
            let query = queries[index]
            for item in items where histories[index].count < query.limit {
                // Scores that a deletion has missed belong to a former life.
                guard try item.bytes("life") == lives[query.token]?.bytes else { continue }
                histories[index].append(try ScoreItem.record(item, query.token))
            }
            return histories[index].count < query.limit
        }
        return histories
    }

    /// Deletes the scores of all lives, even when the task is cancelled, because the profiles are gone already.
    func deleteScores(of tokens: [SubjectToken]) async throws(StoreError) {
        var keys: [ItemKey] = []
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        try await readPages(pages, isCancellable: false) { (index, items) throws(MalformedItem) in
            for item in items { keys.append(ItemKey(partition: tokens[index].bytes, sort: try item.text("sk"))) }
            return true
        }
        let batches = keys.chunks(of: TableRequests.itemsOfWrite).map { requests.delete($0) }
        try await runBatches(.batchWriteItem, batches, isCancellable: false) { _ in }
    }

    /// Reads pages to their ends, all at once, by as many queries as the server needs.
    ///
    /// - Parameter take: receives the index of a page and the items of one response, and returns whether to go on.
    private func readPages(
        _ pages: [(Int, ScorePage)], isCancellable: Bool = true,
        _ take: (Int, [ItemReader]) throws(MalformedItem) -> Bool
    ) async throws(StoreError) {
        var open = pages.map { (index: $0, page: $1, request: requests.query($1)) }
        while !open.isEmpty {
            let outcomes = await driver.run(open.map(\.request), isCancellable: isCancellable)
            let sent = open
            open = []
            for ((index, page, _), outcome) in zip(sent, outcomes) {
                guard case .answered(let body) = outcome else { throw outcome.failure.storeError() }
                try readAnswer(body) { (answer) throws(MalformedItem) in
                    let items = answer["Items"].map { $0.elements.map(ItemReader.init) } ?? []
                    guard try take(index, items), let last = answer["LastEvaluatedKey"] else { return }
                    open.append((index, page, requests.query(page, from: last)))
                }
            }
        }
    }
}
