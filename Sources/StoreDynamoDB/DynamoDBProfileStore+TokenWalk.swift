import Bureau
import JSON
import Repositories
import Synchronization

/// The walk through the tokens under which anything is kept, by a `Scan` of the one table and then of the other.
extension DynamoDBProfileStore {
    public func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        let tables = [requests, scoreRequests]
        let table = Int(cursor?.bytes.first ?? 0)
        guard tables.indices.contains(table) else { return TokenPage(tokens: [], next: nil) }
        let start = cursor.flatMap { ItemKey(DataKeyCursor(Array($0.bytes.dropFirst()))) }
        let request = tables[table].scanForTokens(after: start, limit: limit)
        let (keys, last) = try await answered(request) { (answer) throws(MalformedItem) in
            guard let items = answer["Items"] else { throw MalformedItem() }
            var keys: [ItemKey] = []
            for item in items.elements.lazy.map(ItemReader.init) { keys.append(try ItemKey(item)) }
            let last = answer["LastEvaluatedKey"]
            return (keys, try last.map { (last) throws(MalformedItem) in try ItemKey(ItemReader(members: last)) })
        }
        metScores.withLock { met in met = Set(keys.filter { $0.sort != ItemKey.profile }.compactMap(\.token)) }
        let rest = table + 1 < tables.count ? [UInt8(table + 1)] : nil
        let next = last.map { [UInt8(table)] + $0.cursor.bytes } ?? rest
        let tokens = Set(keys.lazy.compactMap(\.token).filter { $0.keyNumber < keyNumber })
        return TokenPage(tokens: Array(tokens), next: next.map { WalkCursor($0) })
    }
}

extension ItemKey {
    /// The subject of the item; nil for an item of no subject.
    var token: SubjectToken? { SubjectToken(bytes: partition) ?? TombstoneItem.token(self) }
}
