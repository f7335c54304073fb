import Bureau
import JSON
import Repositories

/// New data keys of the profiles.
extension DynamoDBProfileStore {
    public func reseal(_ profiles: [ProfileReseal]) async throws(StoreError) -> [Bool] {
        var done: [Bool] = []
        for outcome in await driver.run(profiles.map(requests.reseal)) { done.append(try outcome.tookEffect()) }
        return done
    }

    public func resealingMark() async throws(StoreError) -> ResealingMark {
        try await answered(requests.get(ResealingMarkItem.key)) { (answer) throws(MalformedItem) in
            guard let item = answer["Item"].map(ItemReader.init) else { return ResealingMark() }
            return ResealingMark(
                generation: try item.integer("generation"),
                begunAt: item.has("begunAt") ? try item.instant("begunAt") : nil)
        }
    }

    public func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        try await driver.run([requests.setResealingMark(mark, from: former)])[0].tookEffect()
    }
}

/// The item that tells how far data keys have been replaced, beside the item of the table's ring. A table in which that
/// was never begun has none.
private enum ResealingMarkItem {
    static let key = ItemKey(partition: KeyRingItem.key.partition, sort: "data-key-generation")
}

extension TableRequests {
    /// Replaces a profile's data key and what is sealed under it, unless another key is there.
    ///
    /// The lists are written whole, as they were read: each write of a profile has a new data key, so that they are
    /// still the same.
    fileprivate func reseal(_ reseal: ProfileReseal) -> APIRequest {
        request(.updateItem, reserving: 2048) { writer in
            key(.profile(of: reseal.content.token), to: &writer)
            writer.member(
                "UpdateExpression",
                "SET dataKey = :dataKey, address = :address, assets = :assets, incomeSources = :incomeSources")
            writer.member("ConditionExpression", "dataKey = :former")
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":former", reseal.former.bytes)
                ProfileItem.writeSealed(reseal.content, to: &writer)
            }
        }
    }

    fileprivate func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) -> APIRequest {
        request(.updateItem) { writer in
            key(ResealingMarkItem.key, to: &writer)
            writer.member(
                "UpdateExpression",
                mark.isComplete
                    ? "SET generation = :generation REMOVE begunAt"
                    : "SET generation = :generation, begunAt = :begunAt")
            let isThere =
                "generation = :former AND "
                + (former.isComplete ? "attribute_not_exists(begunAt)" : "begunAt = :formerBegunAt")
            writer.member(
                "ConditionExpression", former == ResealingMark() ? "attribute_not_exists(pk) OR \(isThere)" : isThere)
            writer.object("ExpressionAttributeValues") { values in
                values.decimal(":generation", mark.generation)
                values.decimal(":former", former.generation)
                if let instant = mark.begunAt { values.decimal(":begunAt", instant.microsecondsSinceEpoch) }
                if let instant = former.begunAt {
                    values.decimal(":formerBegunAt", instant.microsecondsSinceEpoch)
                }
            }
        }
    }
}
