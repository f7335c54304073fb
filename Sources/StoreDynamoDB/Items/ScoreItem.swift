import Bureau
import JSON
import Repositories

/// A score as an item of its subject's partition. `score` and `reasons` follow from the rest; they are stored for
/// readers.
enum ScoreItem {
    /// Writes the members of the item, its key included.
    static func write(_ record: ScoreRecord, life: WriteID, to writer: inout Writer) {
        ItemKey.score(record.scoreID, of: record.token).write(to: &writer)
        writeMembers(record, life: life, to: &writer)
    }

    /// Writes the members of the item but its key.
    static func writeMembers(_ record: ScoreRecord, life: WriteID, to writer: inout Writer) {
        let score = record.score
        writer.binary("life", life.bytes)
        writer.decimal("computedAt", record.computedAt.microsecondsSinceEpoch)
        writer.text("model", score.model)
        writer.decimal("modelVersion", score.version)
        writer.decimal("score", score.score)
        writer.decimal("rawScore", score.rawScore)
        writer.maps("points", score.points) { writer, points in
            writer.text("characteristic", points.characteristic)
            writer.decimal("points", points.points)
            writer.decimal("attainable", points.attainable)
        }
        writer.maps("reasons", score.reasons) { writer, reason in
            writer.text("characteristic", reason.characteristic)
            writer.decimal("loss", reason.loss)
        }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ScoreRecord {
        try record(item, id: scoreID(item), token)
    }

    static func record(
        _ item: ItemReader, id: RecordID, _ token: SubjectToken
    ) throws(MalformedItem) -> ScoreRecord {
        let points = try item.maps("points") { (item) throws(MalformedItem) in
            CharacteristicPoints(
                characteristic: try item.text("characteristic"), points: try item.integer("points"),
                attainable: try item.integer("attainable"))
        }
        return ScoreRecord(
            scoreID: id, token: token, computedAt: try item.instant("computedAt"),
            score: Score(
                model: try item.text("model"), version: try item.integer("modelVersion"),
                rawScore: try item.integer("rawScore"), points: points))
    }

    private static func scoreID(_ item: ItemReader) throws(MalformedItem) -> RecordID {
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
