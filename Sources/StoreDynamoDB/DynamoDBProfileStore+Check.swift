import Bureau
import JSON
import Platform
import Repositories

/// The road that requests walk, for `creditd doctor`.
extension DynamoDBProfileStore {
    /// A key that no item has: no token has these 13 bytes.
    private static let absentKey = ItemKey(partition: Array("creditd-check".utf8), sort: "check")

    /// Tries each operation that serving needs, with conditions that never hold, and tells whose credentials it uses.
    ///
    /// `DescribeTable` is tried as well, and may be missing; so may what renaming needs, where no token key is rotated.
    public func check() async -> [StoreCheck] {
        let identity = await identityCheck()
        guard identity.hasPassed else { return [identity] }
        let trials = Self.trials(requests, scoreRequests)
        async let outcomes = driver.run(trials.map(\.request))
        async let table = tableCheck("has a table with the key pk, sk", requests)
        async let scores = tableCheck("has a table of scores with the key pk, sk", scoreRequests)
        let operations = zip(trials, await outcomes).map { trial, outcome in
            StoreCheck(trial.what, Self.outcome(outcome, isOfServing: trial.isOfServing))
        }
        return await [identity, table, scores] + operations
    }

    private static func trials(_ requests: TableRequests, _ scores: TableRequests) -> [(
        what: String, request: APIRequest, isOfServing: Bool
    )] {
        [
            ("reads an item: GetItem", requests.get(TableSchema.key), true),
            ("reads profiles: BatchGetItem", requests.batchGet([absentKey]), true),
            ("reads scores: Query", scores.query(absentKey), true),
            ("writes and deletes a profile: UpdateItem", requests.impossibleUpdate(absentKey), true),
            ("writes and deletes scores: BatchWriteItem", scores.delete([absentKey]), true),
            ("copies a profile to another token: PutItem", requests.impossiblePut(absentKey), false),
            ("deletes what was copied: DeleteItem", requests.impossibleDelete(absentKey), false),
            ("lists profiles: Scan", requests.scanForTokens(after: nil, limit: 1), false),
            ("lists scores: Scan", scores.scanForTokens(after: nil, limit: 1), false),
        ]
    }

    private static func outcome(_ outcome: APIOutcome, isOfServing: Bool = true) -> StoreCheck.Outcome {
        switch outcome {
        case .answered, .conditionFailed: .passed(note: nil)
        case .failed(let failure) where failure.fault == .accessDenied && !isOfServing:
            .passed(note: "it is not allowed, and is needed while a token key is rotated")
        case .failed(let failure): .failed(failure.reason, remedy: failure.fault.remedy)
        }
    }

    /// Who the credentials belong to: the access key, and its ARN where STS is asked and knows the key. Nil when the
    /// system gives no thread.
    func identity() async -> Result<String, CredentialFailure>? {
        let settings = driver.settings
        return await OSThread.run { () -> Result<String, CredentialFailure> in
            Result { () throws(CredentialFailure) in
                let fetcher = settings.fetcher
                let credentials = try fetcher.credentials()
                // A table elsewhere has keys of its own, which are none of AWS's business.
                let isAsked = settings.address.isOfAWS || fetcher.hasTokenServiceOfItsOwn()
                let arn = isAsked ? try? fetcher.identity(of: credentials) : nil
                return "access key \(credentials.accessKeyID)" + (arn.map { " of \($0)" } ?? "")
            }
        }
    }

    private func identityCheck() async -> StoreCheck {
        let what = "has AWS credentials"
        switch await identity() {
        case .success(let who): return StoreCheck(what, .passed(note: who))
        case .failure(let failure):
            let reason = StoreReason(.refused, code: failure.code, failure.reason)
            return StoreCheck(what, .failed(reason, remedy: DynamoDBFault.credentialsMissing.remedy))
        case nil:
            return StoreCheck(
                what, .failed(StoreReason(.failed, "the system gives no thread"), remedy: "Raise the limit of threads.")
            )
        }
    }

    private func tableCheck(_ what: String, _ requests: TableRequests) async -> StoreCheck {
        let outcome = await driver.run([requests.request(.describeTable) { _ in }])[0]
        switch outcome {
        case .failed(let failure) where failure.fault == .accessDenied:
            return StoreCheck(what, .passed(note: "DescribeTable is not allowed, nor needed"))
        case .failed, .conditionFailed: return StoreCheck(what, Self.outcome(outcome))
        case .answered(let body): return StoreCheck(what, Self.description(of: body))
        }
    }

    /// What a description of the table says of its key, its state and its encryption key.
    private static func description(of body: [UInt8]) -> StoreCheck.Outcome {
        func failed(_ fault: DynamoDBFault) -> StoreCheck.Outcome {
            .failed(APIFailure(fault: fault).reason, remedy: fault.remedy)
        }
        let outcome = try? withObject(in: body) { (answer) throws(MalformedItem) -> StoreCheck.Outcome in
            guard let table = answer["Table"], let keys = table["KeySchema"] else { throw MalformedItem() }
            let key = keys.elements.map { "\($0["AttributeName"]?.string ?? "") \($0["KeyType"]?.string ?? "")" }
            guard Set(key) == ["pk HASH", "sk RANGE"] else { return failed(.keyMismatch) }
            switch table["TableStatus"]?.string {
            case "ACTIVE", "UPDATING": return .passed(note: nil)
            case "INACCESSIBLE_ENCRYPTION_CREDENTIALS": return failed(.keyDenied)
            default: return failed(.tableExists)
            }
        }
        return outcome ?? failed(.unreadable)
    }
}

/// Requests that change nothing.
extension TableRequests {
    private static let impossible = "attribute_exists(pk) AND attribute_not_exists(pk)"

    fileprivate func query(_ itemKey: ItemKey) -> APIRequest {
        request(.query) { writer in
            writer.member("KeyConditionExpression", "pk = :subject AND sk = :item")
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":subject", itemKey.partition)
                writer.text(":item", itemKey.sort)
            }
            writer.member("ConsistentRead", true)
        }
    }

    fileprivate func impossiblePut(_ itemKey: ItemKey) -> APIRequest {
        request(.putItem) { writer in
            writer.object("Item") { itemKey.write(to: &$0) }
            writer.member("ConditionExpression", Self.impossible)
        }
    }

    fileprivate func impossibleDelete(_ itemKey: ItemKey) -> APIRequest {
        request(.deleteItem) { writer in
            key(itemKey, to: &writer)
            writer.member("ConditionExpression", Self.impossible)
        }
    }

    fileprivate func impossibleUpdate(_ itemKey: ItemKey) -> APIRequest {
        request(.updateItem) { writer in
            key(itemKey, to: &writer)
            writer.member("UpdateExpression", "REMOVE housing")
            writer.member("ConditionExpression", Self.impossible)
        }
    }
}
