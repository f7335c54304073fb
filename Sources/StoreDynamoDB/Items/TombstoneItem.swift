import Bureau
import Encodings
import JSON
import Repositories

/// The items of an erased subject: a tombstone in one of sixteen partitions of their own, which can be listed without a
/// scan, and the profile's item, which says that the subject was erased and refuses every write.
enum TombstoneItem {
    static let partitions = 16

    /// The key of a tombstone. Its partition has 16 bytes, as no token has, and its sort key orders as tokens do.
    static func key(of token: SubjectToken) -> ItemKey {
        ItemKey(partition: partition(partition(of: token)), sort: Hexadecimal.text(of: token.bytes))
    }

    /// The number of the partition that holds a subject's tombstone: the first four bits of the token.
    static func partition(of token: SubjectToken) -> Int { Int(token.withBytes { $0[0] } >> 4) }

    static func partition(_ number: Int) -> [UInt8] {
        Array("creditd-erased-\(String(number, radix: 16))".utf8)
    }

    static func tombstone(_ item: ItemReader) throws(MalformedItem) -> Tombstone {
        guard let token = token(try ItemKey(item)) else { throw MalformedItem() }
        return Tombstone(token: token, note: Sealed(try item.bytes("note")))
    }

    /// The subject of a tombstone; nil for any other item.
    static func token(_ key: ItemKey) -> SubjectToken? {
        let values = key.sort.utf8.compactMap { Hexadecimal.value(of: $0) }
        guard values.count == key.sort.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        return SubjectToken(bytes: stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }
}

extension TableRequests {
    /// Keeps a tombstone, unless there is one.
    func keep(_ tombstone: Tombstone) -> APIRequest {
        request(.updateItem) { writer in
            key(TombstoneItem.key(of: tombstone.token), to: &writer)
            writer.member("UpdateExpression", "SET note = if_not_exists(note, :note)")
            writer.object("ExpressionAttributeValues") { $0.binary(":note", tombstone.note.bytes) }
        }
    }

    /// Takes everything out of a profile's item, and has it refuse writes from now on.
    ///
    /// The item keeps what writes compare: the version 0, and an identifier of this write, so that a write that has
    /// read the item before does not take effect.
    func bury(_ token: SubjectToken, _ write: WriteID) -> APIRequest {
        request(.updateItem) { writer in
            key(.profile(of: token), to: &writer)
            writer.member(
                "UpdateExpression",
                "SET erased = :true, version = :zero, lastWrite = :write \(Self.removal), addressLayout, receipts")
            writer.object("ExpressionAttributeValues") { values in
                values.boolean(":true", true)
                values.decimal(":zero", 0)
                values.binary(":write", write.bytes)
            }
        }
    }

    /// Queries the tombstones of a partition that come after a sort key.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    func tombstones(_ partition: Int, after sort: String, limit: Int, from start: Value? = nil) -> APIRequest {
        request(.query) { writer in
            writer.member("KeyConditionExpression", "pk = :partition AND sk BETWEEN :first AND :last")
            writer.object("ExpressionAttributeValues") { values in
                values.binary(":partition", TombstoneItem.partition(partition))
                // No token ends in a space, so that the sort key itself is left out.
                values.text(":first", sort + " ")
                values.text(":last", "~")
            }
            writer.key("Limit")
            writer.number(limit)
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ConsistentRead", true)
        }
    }
}
