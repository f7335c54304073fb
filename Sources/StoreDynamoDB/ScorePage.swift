import Bureau
import JSON
import Repositories

/// A range of a subject's scores, as one or more queries read it, the newest first.
struct ScorePage {
    let token: SubjectToken
    /// The sort keys between which the scores lie, both included.
    let range: ClosedRange<String>
    var limit: Int?
    /// Whether only the keys are asked for.
    var isKeysOnly = false

    /// What a page of the history asks for; nil for one that is empty whatever there is.
    init?(_ query: ScoreQuery) {
        guard query.limit > 0 else { return nil }
        token = query.token
        limit = query.limit
        guard let before = query.before else {
            range = Self.all
            return
        }
        // BETWEEN includes its ends: the page ends one below.
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
    /// - Parameter start: the object `LastEvaluatedKey` of the answer before.
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
    /// The identifier before this one; nil for the first.
    fileprivate var predecessor: RecordID? {
        if low > 0 { return RecordID(high: high, low: low - 1) }
        return high > 0 ? RecordID(high: high - 1, low: .max) : nil
    }
}
