import Bureau
import JSON
import Repositories

/// The item of a wrapping key that the table has seen, beside the item of its ring.
enum WrappingKeyItem {
    private static let prefix = "wrapping-key#"

    /// The sort keys have the order of the numbers.
    static func key(_ number: UInt32) -> ItemKey {
        let digits = String(number)
        return ItemKey(
            partition: KeyRingItem.key.partition,
            sort: prefix + String(repeating: "0", count: 10 - digits.utf8.count) + digits)
    }

    static func read(_ item: ItemReader) throws(MalformedItem) -> WrappingKeyNote {
        guard let fingerprint = KeyRingFingerprint(bytes: try item.bytes("fingerprint")) else { throw MalformedItem() }
        return WrappingKeyNote(
            number: try item.integer("keyNumber"), fingerprint: fingerprint,
            encryptions: try item.integer("encryptions"), isRetired: item.has("retired"))
    }
}

extension TableRequests {
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    func wrappingKeys(from start: Value? = nil) -> APIRequest {
        request(.query) { writer in
            writer.member("KeyConditionExpression", "pk = :ring AND sk BETWEEN :first AND :last")
            writer.object("ExpressionAttributeValues") { values in
                values.binary(":ring", KeyRingItem.key.partition)
                values.text(":first", WrappingKeyItem.key(0).sort)
                values.text(":last", WrappingKeyItem.key(.max).sort)
            }
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }

    func note(_ key: WrappingKeyNote) -> APIRequest {
        request(.putItem) { writer in
            writer.object("Item") { item in
                WrappingKeyItem.key(key.number).write(to: &item)
                item.decimal("keyNumber", key.number)
                item.binary("fingerprint", key.fingerprint.bytes)
                item.decimal("encryptions", Int64(0))
            }
            writer.member("ConditionExpression", "attribute_not_exists(pk)")
        }
    }

    func reserve(_ count: Int64, of number: UInt32, most: Int64) -> APIRequest {
        request(.updateItem) { writer in
            key(WrappingKeyItem.key(number), to: &writer)
            writer.member("UpdateExpression", "SET encryptions = if_not_exists(encryptions, :zero) + :count")
            writer.member("ConditionExpression", "encryptions <= :room AND attribute_not_exists(retired)")
            writer.object("ExpressionAttributeValues") { values in
                values.decimal(":zero", Int64(0))
                values.decimal(":count", count)
                values.decimal(":room", most - count)
            }
        }
    }

    func setRetired(_ isRetired: Bool, _ number: UInt32) -> APIRequest {
        request(.updateItem) { writer in
            key(WrappingKeyItem.key(number), to: &writer)
            writer.member("UpdateExpression", isRetired ? "SET retired = :yes" : "REMOVE retired")
            writer.member("ConditionExpression", "attribute_exists(pk)")
            if isRetired {
                writer.object("ExpressionAttributeValues") { $0.boolean(":yes", true) }
            }
        }
    }
}

/// The wrapping keys that the table has seen.
extension DynamoDBProfileStore {
    public func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
        var notes: [WrappingKeyNote] = []
        var request: APIRequest? = requests.wrappingKeys()
        while let next = request {
            let page = try await answered(next) { (answer) throws(MalformedItem) in
                guard let items = answer["Items"] else { throw MalformedItem() }
                var notes: [WrappingKeyNote] = []
                for item in items.elements { notes.append(try WrappingKeyItem.read(ItemReader(members: item))) }
                return (notes, answer["LastEvaluatedKey"].map { requests.wrappingKeys(from: $0) })
            }
            notes += page.0
            request = page.1
        }
        return notes
    }

    public func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
        for outcome in await driver.run(keys.map(requests.note)) { _ = try outcome.tookEffect() }
    }

    /// A reservation whose answer was lost counts as used.
    public func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        try await driver.run([requests.reserve(count, of: number, most: most)])[0].tookEffect()
    }

    public func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        _ = try await driver.run([requests.setRetired(isRetired, number)])[0].tookEffect()
    }
}

extension APIOutcome {
    /// False when the condition of a write did not hold.
    func tookEffect() throws(StoreError) -> Bool {
        switch self {
        case .answered: true
        case .conditionFailed: false
        case .failed(let failure): throw failure.storeError()
        }
    }
}
