import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func append(_ scores: [ScoreRecord]) async throws(StoreError) {
        let lives = try await lives(of: scores.lazy.map(\.token))
        // A batch refuses the same key twice; the same score twice is one.
        var seen: Set<ItemKey> = []
        let kept = scores.compactMap { score -> (record: ScoreRecord, life: WriteID)? in
            guard let life = lives[score.token],
                seen.insert(.score(score.scoreID, of: score.token)).inserted
            else { return nil }
            return (score, life)
        }
        let batches = kept.chunks(of: TableRequests.itemsOfWrite).map { requests.put($0) }
        try await runBatches(.batchWriteItem, batches) { _ in }
    }

    package func scores(_ queries: [ScoreQuery]) async throws(StoreError) -> [[ScoreRecord]] {
        let lives = try await lives(of: queries.lazy.map(\.token))
        var histories = queries.map { _ in [ScoreRecord]() }
        var pages: [OpenPage] = queries.indices.compactMap { index in
            guard let life = lives[queries[index].token], let page = ScorePage(queries[index]) else { return nil }
            return OpenPage(index: index, life: life, page: page, request: requests.query(page))
        }
        while !pages.isEmpty {
            let answers = await driver.run(pages.map(\.request))
            var unfinished: [OpenPage] = []
            for (page, answer) in zip(pages, answers) {
                let rest = try take(page, answer, into: &histories[page.index], limit: queries[page.index].limit)
                if let rest { unfinished.append(rest) }
            }
            pages = unfinished
        }
        return histories
    }

    /// Deletes all scores of subjects, of whatever life, even if the task is cancelled: the profiles are gone by now.
    func deleteScores(of tokens: [SubjectToken]) async throws(StoreError) {
        var keys: [ItemKey] = []
        var pages = tokens.map(ScorePage.init(keysOf:)).map { ($0, requests.query($0)) }
        while !pages.isEmpty {
            let answers = await driver.run(pages.map(\.1), isCancellable: false)
            var unfinished: [(ScorePage, APIRequest)] = []
            for ((page, _), answer) in zip(pages, answers) {
                try read(answer) { (answer) throws(MalformedItem) in
                    for item in answer["Items"].map({ Array($0.elements) }) ?? [] {
                        let item = ItemReader(members: item)
                        keys.append(ItemKey(partition: page.token.bytes, sort: try item.text("sk")))
                    }
                    if let last = answer["LastEvaluatedKey"] {
                        unfinished.append((page, requests.query(page, from: last)))
                    }
                }
            }
            pages = unfinished
        }
        let batches = keys.chunks(of: TableRequests.itemsOfWrite).map { requests.delete($0) }
        try await runBatches(.batchWriteItem, batches, isCancellable: false) { _ in }
    }

    /// Appends the scores of one answer to a history, and gives what is still to be read.
    private func take(
        _ open: OpenPage, _ answer: APIOutcome, into history: inout [ScoreRecord], limit: Int
    ) throws(StoreError) -> OpenPage? {
        var records: [ScoreRecord] = []
        var next: APIRequest?
        try read(answer) { (answer) throws(MalformedItem) in
            for item in answer["Items"].map({ Array($0.elements) }) ?? [] {
                let item = ItemReader(members: item)
                // What a deletion has missed belongs to a former life.
                guard try item.bytes("life") == open.life.bytes else { continue }
                records.append(try ScoreItem.record(item, open.page.token))
            }
            next = answer["LastEvaluatedKey"].map { requests.query(open.page, from: $0) }
        }
        history += records.prefix(limit - history.count)
        guard let next, history.count < limit else { return nil }
        return OpenPage(index: open.index, life: open.life, page: open.page, request: next)
    }

    private func read(
        _ answer: APIOutcome, _ take: (Value) throws(MalformedItem) -> Void
    ) throws(StoreError) {
        guard case .answered(let body) = answer else { throw answer.failure.storeError() }
        try corruptIfMalformed { () throws(MalformedItem) in try withObject(in: body, take) }
    }
}

/// A page of a history that is not complete yet.
private struct OpenPage {
    let index: Int
    let life: WriteID
    let page: ScorePage
    let request: APIRequest
}
