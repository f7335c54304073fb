import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func append(_ scores: [ScoreRecord]) async throws(StoreError) -> [WriteOutcome] {
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
        let kept = scores.indices.compactMap { index -> (record: ScoreRecord, life: WriteID)? in
            let score = scores[index]
            guard case .success(let life) = lives[score.token], case .written = outcomes[index],
                seen.insert(score.key).inserted
            else { return nil }
            return (score, life)
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
        of scores: [ScoreRecord], _ lives: [SubjectToken: Result<WriteID, StoreError>],
        _ outcomes: inout [WriteOutcome]
    ) async {
        let receipted = scores.indices.compactMap { index -> (index: Int, request: APIRequest)? in
            guard let new = scores[index].receipt, case .success(let life) = lives[scores[index].token] else {
                return nil
            }
            return (index, requests.keepReceipt(new, of: scores[index], life: life))
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
    func write(_ scores: [(record: ScoreRecord, life: WriteID)]) async -> [ItemKey: APIFailure] {
        let work = BatchWork<(record: ScoreRecord, life: WriteID)>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: \.record.key,
            request: { [requests] in requests.put($0) })
        return await runBatches(scores, work)
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

    /// Deletes the scores of all lives but a present one, and the receipts that are old, even when the task is
    /// cancelled, because the profiles are gone already. Returns why scores may be left.
    func deleteScores(of tokens: [SubjectToken]) async -> [SubjectToken: APIFailure] {
        var found: [(key: ItemKey, token: SubjectToken, life: [UInt8]?)] = []
        let now = driver.settings.now().microsecondsSinceEpoch / 1_000_000
        let pages = tokens.enumerated().map { ($0, ScorePage(keysOf: $1)) }
        let unread = await readPages(pages, isCancellable: false) { (index, items) throws(MalformedItem) in
            for item in items {
                if let expiry: Int64 = try item.integerIfAny("expiresAt"), expiry > now { continue }
                found.append((try ItemKey(item), tokens[index], try item.bytesIfAny("life")))
            }
            return true
        }
        // Read after the scores, so that those of a profile that has been put meanwhile are known.
        let lives = found.isEmpty ? [:] : await lives(of: found.lazy.map(\.token), isCancellable: false)
        let keys = found.filter { item in
            guard case .success(let life) = lives[item.token] else { return lives[item.token] == nil }
            return item.life != life.bytes
        }
        let work = BatchWork<ItemKey>(
            operation: .batchWriteItem, size: TableRequests.itemsOfWrite, key: { $0 },
            request: { [requests] in requests.delete($0) })
        let undeleted = await runBatches(keys.map(\.key), work, isCancellable: false)
        var failures: [SubjectToken: APIFailure] = [:]
        for case (let token, .failure) in lives { failures[token] = APIFailure(fault: .unanswered) }
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
    func readPages(
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
