import Bureau
import JSON
import Repositories

/// The receipts of a subject's profile, which lie in the profile's item and stay there when the profile is deleted.
///
/// The item has them as a list of maps, the oldest first.
struct ProfileReceipts: Hashable, Sendable {
    /// The most receipts of one profile. Older ones go first, also before their time.
    static let limit = 256

    private(set) var entries: [NewReceipt] = []

    /// Reads the list of an item, which may have none.
    init(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) {
        guard item.has("receipts") else { return }
        entries = try item.maps("receipts") { (entry) throws(MalformedItem) in
            NewReceipt(
                key: RepeatKey(token: token, key: try entry.recordID("key")),
                receipt: Receipt(
                    digest: try entry.recordID("digest"), version: try entry.integer("version"),
                    at: try entry.instant("at"), body: try entry.bytesIfAny("body") ?? []))
        }
    }

    init() {}

    subscript(key: RepeatKey) -> Receipt? {
        entries.last { $0.key == key }?.receipt
    }

    /// Adds the receipt of a write, and lets go of those that are old.
    func adding(_ new: NewReceipt, version: Int64) -> ProfileReceipts {
        var receipts = ProfileReceipts()
        let oldest = new.receipt.at.microsecondsSinceEpoch - Receipt.retentionMicroseconds
        receipts.entries = entries.filter { $0.receipt.at.microsecondsSinceEpoch >= oldest }.suffix(Self.limit - 1)
        var new = new
        new.receipt.version = version
        receipts.entries.append(new)
        return receipts
    }

    /// Writes the list as the member `name`.
    func write(as name: StaticString, to writer: inout Writer) {
        writer.maps(name, entries) { writer, entry in
            writer.binary("key", entry.key.key.bytes)
            writer.binary("digest", entry.receipt.digest.bytes)
            writer.decimal("version", entry.receipt.version)
            writer.decimal("at", entry.receipt.at.microsecondsSinceEpoch)
            writer.binary("body", entry.receipt.body.isEmpty ? nil : entry.receipt.body)
        }
    }
}

/// The receipt of a score, an item of its own with all that makes the score.
///
/// It is written before its score, because no condition can be on two items. A repeat writes the score when the first
/// daemon has not come to it. `expiresAt` is in seconds, as the API's time to live wants it.
struct ScoreReceipt {
    let receipt: Receipt
    let score: LivingScore

    init(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) {
        receipt = Receipt(
            digest: try item.recordID("digest"), version: 1, at: try item.instant("writtenAt"),
            body: try item.bytesIfAny("answer") ?? [])
        let members = try item.map("content")
        let expiry: Int64? = try members.integerIfAny("expiresAt")
        score = LivingScore(
            record: try ScoreItem.record(members, id: try item.recordID("scoreId"), token),
            life: WriteID(bytes: try members.bytes("life")),
            expiresAt: expiry.flatMap { Instant(microsecondsSinceEpoch: $0 * 1_000_000) })
    }
}

extension TableRequests {
    /// Keeps the receipt of a score, unless there is one under its key.
    func keepReceipt(_ new: NewReceipt, of score: LivingScore) -> APIRequest {
        request(.updateItem, reserving: 2048) { writer in
            key(.receipt(new.key), to: &writer)
            writer.member(
                "UpdateExpression",
                "SET scoreId = :id, digest = :digest, writtenAt = :at, expiresAt = :expires, content = :content"
                    + (new.receipt.body.isEmpty ? "" : ", answer = :answer"))
            writer.member("ConditionExpression", "attribute_not_exists(scoreId)")
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":id", score.record.scoreID.bytes)
                writer.binary(":digest", new.receipt.digest.bytes)
                writer.decimal(":at", new.receipt.at.microsecondsSinceEpoch)
                writer.decimal(
                    ":expires",
                    (new.receipt.at.microsecondsSinceEpoch + Receipt.retentionMicroseconds) / 1_000_000)
                writer.map(":content") { ScoreItem.writeMembers(score, to: &$0) }
                writer.binary(":answer", new.receipt.body.isEmpty ? nil : new.receipt.body)
            }
            writer.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
        }
    }
}

extension Receipt {
    static let retentionMicroseconds = Int64(retentionDays) * 86_400_000_000
}

extension ItemReader {
    /// Reads an identifier that is stored as its 16 bytes.
    func recordID(_ name: StaticString) throws(MalformedItem) -> RecordID {
        let bytes = try bytes(name)
        guard bytes.count == 16 else { throw MalformedItem() }
        return bytes.withUnsafeBytes { bytes in
            RecordID(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}

extension RecordID {
    /// The 16 bytes of the identifier.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }
}
