import Bureau
import JSON
import Repositories

extension DynamoDBProfileStore {
    public func read(_ tokens: [SubjectToken]) async throws(StoreError) -> [Result<ProfileRecord?, StoreError>] {
        try await read(tokens, isMetered: false).profiles
    }

    public func readMetered(_ tokens: [SubjectToken]) async throws(StoreError) -> MeteredProfiles {
        try await read(tokens, isMetered: true)
    }

    private func read(_ tokens: [SubjectToken], isMetered: Bool) async throws(StoreError) -> MeteredProfiles {
        // The API refuses a batch with the same key twice.
        let different = tokens.unique()
        var results: [SubjectToken: Result<ProfileRecord?, StoreError>] = [:]
        results.reserveCapacity(different.count)
        var readUnits = 0.0
        let meter = isMetered ? { readUnits += $0 } : nil as ((Double) -> Void)?
        let failures = await readProfiles(different, meter: meter) { (item, token) in
            do throws(MalformedItem) {
                results[token] = .success(try ProfileItem.record(item, token))
            } catch {
                results[token] = .failure(.corrupt(.b))
            }
        }
        if let failure = failures.values.first, failures.count == different.count { throw failure.storeError() }
        for (token, failure) in failures { results[token] = .failure(failure.storeError()) }
        return MeteredProfiles(profiles: tokens.map { results[$0] ?? .success(nil) }, readUnits: readUnits)
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

    /// Gives each profile that is there to `take`, and returns why others could not be read. `meter` is told what the
    /// requests have cost.
    private func readProfiles(
        _ tokens: [SubjectToken], projection: String? = nil, isCancellable: Bool = true,
        meter: ((Double) -> Void)? = nil, _ take: (ItemReader, SubjectToken) -> Void
    ) async -> [SubjectToken: APIFailure] {
        let isMetered = meter != nil
        let work = BatchWork<SubjectToken>(
            operation: .batchGetItem, size: TableRequests.keysOfGet, key: ItemKey.profile(of:),
            request: { [requests] in requests.get($0, projection: projection, isMetered: isMetered) })
        let failures = await runBatches(tokens, work, isCancellable: isCancellable) { (answer) throws(MalformedItem) in
            guard let tables = answer["Responses"] else { throw MalformedItem() }
            if let meter, let costs = answer["ConsumedCapacity"] {
                for cost in costs.elements { meter(cost["CapacityUnits"]?.double ?? 0) }
            }
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
