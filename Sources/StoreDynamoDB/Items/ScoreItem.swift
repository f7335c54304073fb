import Bureau
import JSON
import Repositories

/// A score with the life of its profile, as it is written.
struct LivingScore: Hashable, Sendable {
    var record: ScoreRecord
    var life: WriteID
    /// When the server may delete the item; nil for a score of version 0.1.0.
    var expiresAt: Instant?

    init(record: ScoreRecord, life: WriteID, expiresAt: Instant?) {
        self.record = record
        self.life = life
        self.expiresAt = expiresAt
    }

    init(_ new: NewScore, life: WriteID) {
        self.init(record: ScoreRecord(new), life: life, expiresAt: new.expiresAt)
    }

    var key: ItemKey { .score(record.scoreID, of: record.token) }
}

/// A score as an item under its subject's token. `expiresAt` is in seconds, as the API's time to live wants it.
enum ScoreItem {
    /// Writes the members of the item, its key included.
    static func write(_ score: LivingScore, to writer: inout Writer) {
        score.key.write(to: &writer)
        writeMembers(score, to: &writer)
    }

    /// Writes the members of the item but its key.
    static func writeMembers(_ score: LivingScore, to writer: inout Writer) {
        writer.binary("life", score.life.bytes)
        writer.decimal("computedAt", score.record.computedAt.microsecondsSinceEpoch)
        writer.decimal("expiresAt", score.expiresAt.map { $0.microsecondsSinceEpoch / 1_000_000 })
        switch score.record.content {
        case .packed(let bytes): writer.binary("packed", bytes)
        case .points(let former): write(former, to: &writer)
        }
    }

    /// Writes what a receipt of version 0.1.0 holds.
    private static func write(_ former: FormerScore, to writer: inout Writer) {
        writer.text("model", former.model)
        writer.decimal("modelVersion", former.version)
        writer.decimal("rawScore", former.rawScore)
        writer.maps("points", former.points) { writer, points in
            writer.text("characteristic", points.characteristic)
            writer.decimal("points", points.points)
            writer.decimal("attainable", points.attainable)
        }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ScoreRecord {
        try record(item, id: scoreID(item), token)
    }

    static func record(
        _ item: ItemReader, id: RecordID, _ token: SubjectToken
    ) throws(MalformedItem) -> ScoreRecord {
        let content: ScoreContent =
            if let packed = try item.bytesIfAny("packed") { .packed(packed) } else { .points(try former(item)) }
        return ScoreRecord(scoreID: id, token: token, computedAt: try item.instant("computedAt"), content: content)
    }

    /// A score of version 0.1.0.
    private static func former(_ item: ItemReader) throws(MalformedItem) -> FormerScore {
        FormerScore(
            model: try item.text("model"), version: try item.integer("modelVersion"),
            rawScore: try item.integer("rawScore"),
            points: try item.maps("points") { (item) throws(MalformedItem) in
                FormerScore.Points(
                    characteristic: try item.text("characteristic"), points: try item.integer("points"),
                    attainable: try item.integer("attainable"))
            })
    }

    static func scoreID(_ item: ItemReader) throws(MalformedItem) -> RecordID {
        let sort = try item.text("sk")
        guard sort.hasPrefix(ItemKey.scorePrefix), let id = RecordID(String(sort.dropFirst(ItemKey.scorePrefix.count)))
        else { throw MalformedItem() }
        return id
    }
}

/// A range of a subject's scores, read by one or more queries, the newest first.
struct ScorePage {
    let token: SubjectToken
    /// The first and the last sort key.
    let range: ClosedRange<String>
    var limit: Int?
    /// Whether only the keys are asked for.
    var isKeysOnly = false

    /// The range of a query; nil when the range is empty.
    init?(_ query: ScoreQuery) {
        guard query.limit > 0 else { return nil }
        token = query.token
        limit = query.limit
        guard let before = query.before else {
            range = Self.all
            return
        }
        // BETWEEN includes its ends, so the range ends one identifier lower.
        guard let last = before.predecessor else { return nil }
        range = ItemKey.scorePrefix...(ItemKey.scorePrefix + last.text)
    }

    /// The keys of all scores of a subject, and of the scores' receipts, with what tells which of them are over.
    init(keysOf token: SubjectToken) {
        self.token = token
        range = ItemKey.receiptPrefix...Self.all.upperBound
        isKeysOnly = true
    }

    /// All scores of a subject and the scores' receipts, whole.
    init(itemsOf token: SubjectToken) {
        self.init(keysOf: token)
        isKeysOnly = false
    }

    /// `~` comes after every digit of an identifier.
    private static let all = ItemKey.scorePrefix...(ItemKey.scorePrefix + "~")
}

extension TableRequests {
    /// Queries a range of scores.
    ///
    /// - Parameter start: the object `LastEvaluatedKey` of the previous response.
    func query(_ page: ScorePage, from start: Value? = nil) -> APIRequest {
        request(.query) { writer in
            writer.member("KeyConditionExpression", "pk = :subject AND sk BETWEEN :first AND :last")
            writer.object("ExpressionAttributeValues") { writer in
                writer.binary(":subject", page.token.bytes)
                writer.text(":first", page.range.lowerBound)
                writer.text(":last", page.range.upperBound)
            }
            if page.isKeysOnly {
                writer.member("ProjectionExpression", "pk, sk, life, expiresAt")
            }
            if let limit = page.limit {
                writer.key("Limit")
                writer.number(limit)
            }
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.member("ScanIndexForward", false)
            writer.member("ConsistentRead", true)
        }
    }
}

extension RecordID {
    /// The previous identifier; nil for the first.
    fileprivate var predecessor: RecordID? {
        if low > 0 { return RecordID(high: high, low: low - 1) }
        return high > 0 ? RecordID(high: high - 1, low: .max) : nil
    }
}
