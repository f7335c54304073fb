import Bureau
import Repositories
import Vault

/// How often a person's data key may encrypt.
public struct DataKeyBounds: Sendable {
    /// After so many encryptions the next write of the person has a new data key.
    ///
    /// Those that were made and never stored are not counted: of tries that others overtook, and of writes that their
    /// store refused. For each that is counted there may be 255 of them before a key has made 2^32 (NIST SP 800-38D
    /// §8.3).
    public var replaced: Int64
    /// After so many nothing is written under the key any more.
    public var most: Int64

    public init(replaced: Int64 = 1 << 24, most: Int64 = WrappingBudget.most) {
        self.replaced = replaced
        self.most = most
    }
}

extension PersonService {
    /// Replaces the data keys of persons that are going to be written, when those keys have encrypted often, and
    /// returns the records with the keys that are to be used. `store`, when such a key can encrypt no more.
    func withFreshKeys(
        _ records: [Result<PersonRecord?, ServiceError>], of tokens: [SubjectToken], for requests: [SubjectRequest]
    ) async throws(ServiceError) -> [Result<PersonRecord?, ServiceError>] {
        let spent = records.indices.filter { index in
            guard requests[index].isForWrite, let record = (try? records[index].get()) ?? nil else { return false }
            return record.mostEncryptions >= keyBounds.replaced
        }
        if spent.isEmpty { return records }
        let walk = ResealingWalk(vault: vault, persons: repository)
        for index in spent {
            guard let record = (try? records[index].get()) ?? nil else { continue }
            // What fails here is tried again by the next write; until then the former key serves on.
            _ = try? await walk.resealOnce(tokens[index], from: record.dataKey)
        }
        let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
            try await repository.read(tokens, audit: [])
        }
        var records = records
        for (index, record) in zip(spent, try await ask(read, spent.map { tokens[$0] })) {
            records[index] = record.flatMap { record in
                guard let record, record.mostEncryptions >= keyBounds.most else { return .success(record) }
                let reason = StoreReason(
                    .refused, code: StoreReason.spentDataKey,
                    "data key of the person has encrypted as often as it may; run `creditd keys reseal --cpf -`")
                return .failure(.store(.unavailable(.a, reason, retryAfterMilliseconds: 60_000)))
            }
        }
        return records
    }
}

extension PersonRecord {
    /// The encryptions of the data key, those included that were made before they were counted.
    fileprivate var mostEncryptions: Int64 {
        guard dataKey.generation == 1 else { return encryptions }
        return encryptions + EncryptionCount.update * version
    }
}
