import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    package func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        // The API refuses a batch with the same key twice.
        let different = tokens.unique()
        var results: [SubjectToken: Result<ProfileRecord?, StoreError>] = [:]
        results.reserveCapacity(different.count)
        let failures = await readProfiles(different) { (item, token) in
            do throws(MalformedItem) {
                results[token] = .success(try ProfileItem.record(item, token))
            } catch {
                results[token] = .failure(.corrupt(.b))
            }
        }
        if let failure = failures.values.first, failures.count == different.count { throw failure.storeError() }
        for (token, failure) in failures { results[token] = .failure(failure.storeError()) }
        return tokens.map { results[$0] ?? .success(nil) }
    }

    /// Reads the life of each subject's profile; a subject without a profile has none.
    func lives(
        of tokens: some Sequence<SubjectToken>, isCancellable: Bool = true
    ) async -> [SubjectToken: Result<WriteID, StoreError>] {
        var lives: [SubjectToken: Result<WriteID, StoreError>] = [:]
        let failures = await readProfiles(
            tokens.unique(), projection: "pk, life", isCancellable: isCancellable
        ) { (item, token) in
            let life = try? item.bytes("life")
            lives[token] = life.map { .success(WriteID(bytes: $0)) } ?? .failure(.corrupt(.b))
        }
        for (token, failure) in failures { lives[token] = .failure(failure.storeError()) }
        return lives
    }

    /// Gives each profile that is there to `take`, and returns why others could not be read.
    private func readProfiles(
        _ tokens: [SubjectToken], projection: String? = nil, isCancellable: Bool = true,
        _ take: (ItemReader, SubjectToken) -> Void
    ) async -> [SubjectToken: APIFailure] {
        let work = BatchWork<SubjectToken>(
            operation: .batchGetItem, size: TableRequests.keysOfGet, key: ItemKey.profile(of:),
            request: { [requests] in requests.get($0, projection: projection) })
        let failures = await runBatches(tokens, work, isCancellable: isCancellable) { (answer) throws(MalformedItem) in
            guard let tables = answer["Responses"] else { throw MalformedItem() }
            for table in tables.members {
                for item in table.value.elements.lazy.map(ItemReader.init) {
                    guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                    if ProfileItem.isPresent(item) { take(item, token) }
                }
            }
        }
        if failures.isEmpty { return [:] }
        return tokens.reduce(into: [:]) { $0[$1] = failures[.profile(of: $1)] }
    }
}
