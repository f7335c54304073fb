import Bureau
import JSON
import Repositories

/// The data keys of the profiles, in the order of a `Scan`.
extension DynamoDBProfileStore {
    public func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        let request = requests.scanForDataKeys(after: cursor.flatMap { ItemKey($0) }, limit: limit)
        return try await answered(request) { (answer) throws(MalformedItem) in
            var page = DataKeyPage(keys: [], next: nil)
            guard let items = answer["Items"] else { throw MalformedItem() }
            for item in items.elements.lazy.map(ItemReader.init) {
                guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                page.keys.append(KeyRingSample(token: token, dataKey: WrappedDataKey(try item.bytes("dataKey"))))
            }
            if let last = answer["LastEvaluatedKey"] { page.next = try ItemKey(ItemReader(members: last)).cursor }
            return page
        }
    }

    public func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        let outcomes = await driver.run(changes.map(requests.rewrap))
        if let failure = outcomes.lazy.compactMap(\.failureIfAny).first { throw failure.storeError() }
        return outcomes.map { outcome in if case .answered = outcome { true } else { false } }
    }
}

extension APIOutcome {
    /// Why the request failed; nil when it took effect, or its condition did not hold.
    fileprivate var failureIfAny: APIFailure? { if case .failed(let failure) = self { failure } else { nil } }
}

extension ItemKey {
    /// The key as the place where a walk goes on: the length of the partition key, the partition key, the sort key.
    var cursor: DataKeyCursor {
        DataKeyCursor([UInt8(truncatingIfNeeded: partition.count)] + partition + Array(sort.utf8))
    }

    init?(_ cursor: DataKeyCursor) {
        guard let count = cursor.bytes.first.map(Int.init), cursor.bytes.count > count else { return nil }
        let rest = cursor.bytes.dropFirst()
        self.init(partition: Array(rest.prefix(count)), sort: String(decoding: rest.dropFirst(count), as: UTF8.self))
    }
}

extension TableRequests {
    /// Looks for profiles among the next items of the table.
    fileprivate func scanForDataKeys(after start: ItemKey?, limit: Int) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND attribute_exists(dataKey)")
            writer.object("ExpressionAttributeValues") { $0.text(":profile", ItemKey.profile) }
            writer.member("ProjectionExpression", "pk, dataKey")
            writer.key("Limit")
            writer.number(limit)
            if let start { writer.object("ExclusiveStartKey") { start.write(to: &$0) } }
            writer.member("ConsistentRead", true)
        }
    }

    /// Replaces a wrapped data key, unless another one is there.
    fileprivate func rewrap(_ change: DataKeyRewrap) -> APIRequest {
        request(.updateItem) { writer in
            key(.profile(of: change.token), to: &writer)
            writer.member("UpdateExpression", "SET dataKey = :rewrapped")
            writer.member("ConditionExpression", "dataKey = :former")
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":former", change.former.bytes)
                writer.binary(":rewrapped", change.rewrapped.bytes)
            }
        }
    }
}
