import Bureau
import JSON
import Repositories

/// A score as an item of its subject's partition. `score` and `reasons` follow from the rest; they are stored for readers.
enum ScoreItem {
    /// Writes the members of the item, its key included.
    static func write(_ record: ScoreRecord, life: WriteID, to writer: inout Writer) {
        let score = record.score
        ItemKey.score(record.scoreID, of: record.token).write(to: &writer)
        writer.key("life")
        writer.binary(life.bytes)
        writer.key("computedAt")
        writer.decimal(record.computedAt.microsecondsSinceEpoch)
        writer.key("model")
        writer.text(score.model)
        writer.key("modelVersion")
        writer.decimal(score.version)
        writer.key("score")
        writer.decimal(score.score)
        writer.key("rawScore")
        writer.decimal(score.rawScore)
        writer.key("points")
        writer.maps(score.points) { writer, points in
            writer.key("characteristic")
            writer.text(points.characteristic)
            writer.key("points")
            writer.decimal(points.points)
            writer.key("attainable")
            writer.decimal(points.attainable)
        }
        writer.key("reasons")
        writer.maps(score.reasons) { writer, reason in
            writer.key("characteristic")
            writer.text(reason.characteristic)
            writer.key("loss")
            writer.decimal(reason.loss)
        }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ScoreRecord {
        let points = try item.maps("points") { (item) throws(MalformedItem) in
            CharacteristicPoints(
                characteristic: try item.value("characteristic"), points: try item.integer("points"),
                attainable: try item.integer("attainable"))
        }
        return ScoreRecord(
            scoreID: try scoreID(item), token: token, computedAt: try item.instant("computedAt"),
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

    /// The keys of all scores of a subject.
    init(keysOf token: SubjectToken) {
        self.token = token
        range = Self.all
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
            writer.key("KeyConditionExpression")
            writer.string("pk = :subject AND sk BETWEEN :first AND :last")
            writer.key("ExpressionAttributeValues")
            writer.object { writer in
                writer.key(":subject")
                writer.binary(page.token.bytes)
                writer.key(":first")
                writer.text(page.range.lowerBound)
                writer.key(":last")
                writer.text(page.range.upperBound)
            }
            if page.isKeysOnly {
                writer.key("ProjectionExpression")
                writer.string("pk, sk")
            }
            if let limit = page.limit {
                writer.key("Limit")
                writer.number(limit)
            }
            if let start {
                writer.key("ExclusiveStartKey")
                writer.value(start)
            }
            writer.key("ScanIndexForward")
            writer.bool(false)
            writer.key("ConsistentRead")
            writer.bool(true)
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
