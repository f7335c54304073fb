import Bureau
import JSON
import Platform
import Repositories

/// Items that the API takes in batches, and how a batch of them is asked for.
struct BatchWork<Item> {
    let operation: Operation
    /// The most items of one request.
    let size: Int
    /// The key of an item, which the API names an item by that it has left over.
    let key: (Item) -> ItemKey
    let request: (ArraySlice<Item>) -> APIRequest
}

extension DynamoDBProfileStore {
    /// Sends items in batches, all at once, gives each response to `take`, and returns why items were not done.
    ///
    /// Items that the server leaves over are sent again. A batch that the server refuses is sent in halves, so that an
    /// item that is not accepted fails alone.
    func runBatches<Item>(
        _ items: [Item], _ work: BatchWork<Item>, isCancellable: Bool = true,
        _ take: (Value) throws(MalformedItem) -> Void = { _ in }
    ) async -> [ItemKey: APIFailure] {
        var failures: [ItemKey: APIFailure] = [:]
        var open = items.chunks(of: work.size)
        var backoff = driver.settings.backoff
        var generator = SystemRandomNumberGenerator()
        while !open.isEmpty {
            let outcomes = await driver.run(open.map(work.request), isCancellable: isCancellable)
            var halves: [ArraySlice<Item>] = []
            var leftOver: [Item] = []
            for (batch, outcome) in zip(open, outcomes) {
                switch Self.unprocessed(outcome, work.operation, take) {
                case .success(let keys) where keys.isEmpty: break
                case .success(let keys): leftOver += batch.filter { keys.contains(work.key($0)) }
                case .failure(let failure) where failure.fault.concernsItem && batch.count > 1:
                    let middle = batch.startIndex + batch.count / 2
                    halves += [batch[..<middle], batch[middle...]]
                case .failure(let failure): for item in batch { failures[work.key(item)] = failure }
                }
            }
            open = halves
            if leftOver.isEmpty { continue }
            let pause = backoff.next(using: &generator)
            if backoff.failures < driver.settings.attempts {
                try? await Task.sleep(for: pause)
                open += leftOver.chunks(of: work.size)
            } else {
                let failure = APIFailure(fault: .throttled, code: "\(work.operation.unprocessedMember)")
                for item in leftOver { failures[work.key(item)] = failure }
            }
        }
        return failures
    }

    /// Lends a response to `take` and returns the keys of the items that the server has left over.
    private static func unprocessed(
        _ outcome: APIOutcome, _ operation: Operation, _ take: (Value) throws(MalformedItem) -> Void
    ) -> Result<Set<ItemKey>, APIFailure> {
        guard case .answered(let body) = outcome else { return .failure(outcome.failure) }
        do throws(MalformedItem) {
            return .success(
                try withObject(in: body) { (answer) throws(MalformedItem) in
                    try take(answer)
                    var keys: Set<ItemKey> = []
                    guard let tables = answer[operation.unprocessedMember] else { return keys }
                    for table in tables.members {
                        for entry in (table.value["Keys"] ?? table.value).elements {
                            let write = entry["PutRequest"]?["Item"] ?? entry["DeleteRequest"]?["Key"]
                            keys.insert(try ItemKey(ItemReader(members: write ?? entry)))
                        }
                    }
                    return keys
                })
        } catch {
            return .failure(APIFailure(fault: .unreadable, mayHaveHappened: !operation.isRead))
        }
    }
}

extension Operation {
    /// The member of a batch's response with what was not done.
    fileprivate var unprocessedMember: StaticString { isRead ? "UnprocessedKeys" : "UnprocessedItems" }
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
