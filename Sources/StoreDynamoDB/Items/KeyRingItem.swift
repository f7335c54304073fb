import Bureau
import JSON
import Repositories

/// The item in which the table remembers its key ring.
///
/// Without a fingerprint the item says that the table was empty when it was made, so that any ring may be bound.
enum KeyRingItem {
    /// The key of the item. No token has its 16 bytes.
    static let key = ItemKey(partition: Array("creditd-key-ring".utf8), sort: "state")

    /// What the table knows of its ring.
    enum Content: Equatable {
        case missing
        /// The table was made without a profile, and no ring is bound yet.
        case empty
        case bound(KeyRingFingerprint)
    }

    /// Reads the member `Item` of a response.
    static func content(of answer: Value, at member: StaticString = "Item") throws(MalformedItem) -> Content {
        guard let item = answer[member].map(ItemReader.init) else { return .missing }
        guard let bytes = try item.bytesIfAny("fingerprint") else { return .empty }
        guard let fingerprint = KeyRingFingerprint(bytes: bytes) else { throw MalformedItem() }
        return .bound(fingerprint)
    }
}

extension TableRequests {
    /// Notes that the table is new.
    func putEmptyKeyRing() -> APIRequest {
        request(.putItem) { writer in
            writer.object("Item") { KeyRingItem.key.write(to: &$0) }
            writer.member("ConditionExpression", "attribute_not_exists(pk)")
        }
    }

    /// Binds the table to a ring, unless it is bound.
    func bind(_ ring: KeyRingFingerprint) -> APIRequest {
        request(.updateItem) { writer in
            key(KeyRingItem.key, to: &writer)
            writer.member("UpdateExpression", "SET fingerprint = :fingerprint")
            writer.member("ConditionExpression", "attribute_not_exists(fingerprint)")
            writer.object("ExpressionAttributeValues") { $0.binary(":fingerprint", ring.bytes) }
            writer.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
        }
    }

    /// Looks for a profile among the next items of the table.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    func scanForProfile(from start: Value? = nil) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND attribute_exists(life)")
            writer.object("ExpressionAttributeValues") { $0.text(":profile", ItemKey.profile) }
            writer.member("ProjectionExpression", "pk, dataKey")
            writer.key("Limit")
            writer.number(Self.itemsOfScan)
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }

    private static let itemsOfScan = 100
}
