import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [ProfileRecord?] {
        // The API refuses a key that occurs twice.
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

    /// The life that each subject's profile has; none for subjects without a profile.
    func lives(
        of tokens: some Sequence<SubjectToken>
    ) async throws(StoreError) -> [SubjectToken: WriteID] {
        var lives: [SubjectToken: WriteID] = [:]
        let batches = tokens.unique().chunks(of: TableRequests.keysOfGet)
            .map { requests.get($0, projection: "pk, life") }
        try await runBatches(.batchGetItem, batches) { (answer) throws(MalformedItem) in
            for item in Self.items(answer) { lives[try Self.token(item)] = WriteID(bytes: try item.bytes("life")) }
        }
        return lives
    }

    private static func token(_ item: ItemReader) throws(MalformedItem) -> SubjectToken {
        guard let token = SubjectToken(try item.bytes("pk")) else { throw MalformedItem() }
        return token
    }

    /// The items of an answer to a batch of reads, which all are of the one table.
    private static func items(_ answer: Value) -> [ItemReader] {
        var items: [ItemReader] = []
        guard let tables = answer["Responses"] else { return [] }
        for table in tables.members {
            for item in table.value.elements { items.append(ItemReader(members: item)) }
        }
        return items
    }
}
