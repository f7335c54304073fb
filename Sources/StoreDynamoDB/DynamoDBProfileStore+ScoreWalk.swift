import Bureau
import JSON
import Repositories

/// The walk through the scores of a span of time, by a `Scan` of the table of scores: the server reads all of it.
extension DynamoDBProfileStore {
    public func scores(
        in span: InstantSpan, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ScoreWalkPage {
        let start = cursor.flatMap { ItemKey(DataKeyCursor($0.bytes)) }
        let request = scoreRequests.scanForScores(in: span, after: start, limit: limit)
        return try await answered(request) { (answer) throws(MalformedItem) in
            var page = ScoreWalkPage(scores: [], next: nil)
            guard let items = answer["Items"] else { throw MalformedItem() }
            for item in items.elements.lazy.map(ItemReader.init) {
                guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                page.scores.append(try ScoreItem.record(item, token))
            }
            if let last = answer["LastEvaluatedKey"] {
                page.next = WalkCursor(try ItemKey(ItemReader(members: last)).cursor.bytes)
            }
            return page
        }
    }
}

extension TableRequests {
    fileprivate func scanForScores(in span: InstantSpan, after start: ItemKey?, limit: Int) -> APIRequest {
        request(.scan) { writer in
            writer.member(
                "FilterExpression",
                "begins_with(sk, :score) AND attribute_exists(packed) AND computedAt >= :from AND computedAt < :to")
            writer.object("ExpressionAttributeValues") { values in
                values.text(":score", ItemKey.scorePrefix)
                values.decimal(":from", span.from.microsecondsSinceEpoch)
                values.decimal(":to", span.to.microsecondsSinceEpoch)
            }
            writer.member("ProjectionExpression", "pk, sk, computedAt, packed")
            writer.key("Limit")
            writer.number(limit)
            if let start { writer.object("ExclusiveStartKey") { start.write(to: &$0) } }
        }
    }
}
