import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    /// The tables that may hold scores: version 0.1.0 kept them beside the profiles.
    var tablesOfScores: [TableRequests] { [scoreRequests, requests] }

    public func append(_ scores: [NewScore]) async throws(StoreError) -> [WriteOutcome] {
        let lives = await lives(of: scores.lazy.map(\.token))
        var outcomes = scores.map { score -> WriteOutcome in
            switch lives[score.token] {
            case .failure(let error): .failed(error)
            case nil: .notFound
            case .success: .written(version: 1)
            }
        }
        await keepReceipts(of: scores, lives, &outcomes)
        // The API refuses a batch with the same key twice.
        var seen: Set<ItemKey> = []
        let kept = scores.indices.compactMap { index -> LivingScore? in
            let score = scores[index]
            guard case .success(let life) = lives[score.token], case .written = outcomes[index],
                seen.insert(score.key).inserted
            else { return nil }
            return LivingScore(score, life: life)
        }
        let failures = await write(kept)
        for (index, score) in scores.enumerated() {
            guard case .written = outcomes[index], let failure = failures[score.key] else { continue }
            // With a receipt, a repeat finishes the work.
            outcomes[index] = .failed(failure.storeError(afterWriting: score.receipt != nil))
        }
        return try Self.thrownIfAllFailed(outcomes)
    }

    /// Keeps the receipts of the scores that have one, before the scores are written.
    private func keepReceipts(
        of scores: [NewScore], _ lives: [SubjectToken: Result<WriteID, StoreError>],
        _ outcomes: inout [WriteOutcome]
    ) async {
        let receipted = scores.indices.compactMap { index -> (index: Int, request: APIRequest)? in
            guard let new = scores[index].receipt, case .success(let life) = lives[scores[index].token] else {
                return nil
            }
            return (index, scoreRequests.keepReceipt(new, of: LivingScore(scores[index], life: life)))
        }
        for ((index, _), answer) in zip(receipted, await driver.run(receipted.map(\.request))) {
            switch answer {
            case .answered: continue
            case .conditionFailed(let body):
                let isOwn = try? withObject(in: body) { (answer) throws(MalformedItem) in
                    guard let item = answer["Item"].map(ItemReader.init) else { throw MalformedItem() }
                    return try item.recordID("scoreId") == scores[index].scoreID
                }
                if isOwn != true { outcomes[index] = .repeated }
            case .failed(let failure): outcomes[index] = .failed(failure.storeError())
            }
        }
    }

    /// Writes scores with different keys, and returns why some could not be written.
    func write(_ scores: [LivingScore]) async -> [ItemKey: APIFailure] {
        let work = BatchWork<LivingScore>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: \.key,
            request: { [scoreRequests] in scoreRequests.put($0) })
        return await runBatches(scores, work)
    }

    public func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [Result<[ScoreRecord], StoreError>] {
        let lives = await lives(of: queries.lazy.map(\.token))
        let pages = queries.indices.compactMap { index -> (Int, ScorePage)? in
            guard case .success = lives[queries[index].token], let page = ScorePage(queries[index]) else { return nil }
            return (index, page)
        }
        var histories = queries.map { _ in [ScoreRecord]() }
        var failures: [Int: APIFailure] = [:]
        for requests in tablesOfScores {
            var found = queries.map { _ in [ScoreRecord]() }
            let unread = await readPages(pages, in: requests) { (index, items) throws(MalformedItem) in
                let query = queries[index]
                guard case .success(let life) = lives[query.token] else { return false }
                for item in items where found[index].count < query.limit {
                    // Scores that a deletion has missed belong to a former life.
                    guard try item.bytes("life") == life.bytes else { continue }
                    found[index].append(try ScoreItem.record(item, query.token))
                }
                return found[index].count < query.limit
            }
            failures.merge(unread) { first, _ in first }
            for index in queries.indices { histories[index] += found[index] }
        }
        let results = queries.indices.map { index -> Result<[ScoreRecord], StoreError> in
            if case .failure(let error) = lives[queries[index].token] { return .failure(error) }
            if let failure = failures[index] { return .failure(failure.storeError()) }
            let newestFirst = histories[index].sorted { $1.scoreID < $0.scoreID }
            return .success(Array(newestFirst.prefix(max(0, queries[index].limit))))
        }
        guard case .failure(let error) = results.first, results.allSatisfy({ $0 == .failure(error) }) else {
            return results
        }
        throw error
    }

    /// Nothing to do: the server deletes items that have expired.
    public func deleteScores(before instant: Instant, limit: Int) async throws(StoreError) -> Int { 0 }

    /// Deletes the scores of all lives but a present one, and the receipts that are old, even when the task is
    /// cancelled, because the profiles are gone already. Returns why scores may be left.
    func deleteScores(of tokens: [SubjectToken]) async -> [SubjectToken: APIFailure] {
        var failures: [SubjectToken: APIFailure] = [:]
        for requests in tablesOfScores {
            failures.merge(await deleteScores(of: tokens, in: requests)) { first, _ in first }
        }
        return failures
    }

    private func deleteScores(
        of tokens: [SubjectToken], in requests: TableRequests
    ) async -> [SubjectToken: APIFailure] {
        var found: [(key: ItemKey, token: SubjectToken, life: [UInt8]?)] = []
        let now = driver.settings.now().microsecondsSinceEpoch / 1_000_000
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        let unread = await readPages(pages, in: requests, isCancellable: false) {
            (index, items) throws(MalformedItem) in
            for item in items {
                let key = try ItemKey(item)
                if key.isReceipt, let expiry: Int64 = try item.integerIfAny("expiresAt"), expiry > now { continue }
                found.append((key, tokens[index], try item.bytesIfAny("life")))
            }
            return true
        }
        // Read after the scores, so that those of a profile that has been put meanwhile are known.
        let lives = found.isEmpty ? [:] : await lives(of: found.lazy.map(\.token), isCancellable: false)
        let keys = found.filter { item in
            guard case .success(let life) = lives[item.token] else { return lives[item.token] == nil }
            return item.life != life.bytes
        }
        let undeleted = await delete(keys.map(\.key), in: requests)
        var failures: [SubjectToken: APIFailure] = [:]
        for case (let token, .failure) in lives { failures[token] = APIFailure(fault: .unanswered) }
        for (index, failure) in unread { failures[tokens[index]] = failure }
        for (key, failure) in undeleted {
            if let token = SubjectToken(bytes: key.partition) { failures[token] = failure }
        }
        return failures
    }

    /// Deletes items of a table, even when the task is cancelled, and returns why some may be left.
    func delete(_ keys: [ItemKey], in requests: TableRequests) async -> [ItemKey: APIFailure] {
        let work = BatchWork<ItemKey>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: { $0 },
            request: { requests.delete($0) })
        return await runBatches(keys, work, isCancellable: false)
    }

    /// Reads pages to their ends, all at once, by as many queries as the server needs, and returns the failures by the
    /// index of their page.
    ///
    /// - Parameter take: receives the index of a page and the items of one response, and returns whether to go on.
    func readPages(
        _ pages: [(Int, ScorePage)], in requests: TableRequests, isCancellable: Bool = true,
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

extension NewScore {
    fileprivate var key: ItemKey { .score(scoreID, of: token) }
}
