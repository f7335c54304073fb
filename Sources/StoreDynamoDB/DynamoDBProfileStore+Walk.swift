import Bureau
import JSON
import Repositories

/// The walk through all profiles by a parallel `Scan`: each segment of the walk is one of the scan.
///
/// A page is what a scan reads of one request: at most 1 MB, whatever becomes of it. It is charged by what it has read,
/// half of a strongly consistent read.
extension DynamoDBProfileStore {
    public func profiles(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> ProfilePage {
        let request = requests.scanForProfiles(segment, after: cursor.flatMap { ItemKey($0) }, limit: limit)
        return try await answered(request) { (answer) throws(MalformedItem) in
            var page = ProfilePage(profiles: [], next: nil)
            guard let items = answer["Items"] else { throw MalformedItem() }
            for item in items.elements.lazy.map(ItemReader.init) {
                guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                page.profiles.append(
                    WalkedProfile(
                        token: token, facts: try ProfileItem.facts(item), times: try ProfileItem.times(item)))
            }
            page.readUnits = answer["ConsumedCapacity"]?["CapacityUnits"]?.double ?? 0
            if let last = answer["LastEvaluatedKey"] {
                page.next = WalkCursor(try ItemKey(ItemReader(members: last)).cursor.bytes)
            }
            return page
        }
    }
}

extension ItemKey {
    fileprivate init?(_ cursor: WalkCursor) { self.init(DataKeyCursor(cursor.bytes)) }
}

extension TableRequests {
    fileprivate func scanForProfiles(_ segment: WalkSegment, after start: ItemKey?, limit: Int) -> APIRequest {
        request(.scan) { writer in
            writer.member("FilterExpression", "sk = :profile AND attribute_exists(life)")
            writer.object("ExpressionAttributeValues") { $0.text(":profile", ItemKey.profile) }
            writer.member("ProjectionExpression", ProfileItem.figures)
            // The whole table in one segment is a plain scan.
            if segment.count > 1 {
                writer.key("Segment")
                writer.number(segment.number)
                writer.key("TotalSegments")
                writer.number(segment.count)
            }
            writer.key("Limit")
            writer.number(limit)
            if let start { writer.object("ExclusiveStartKey") { start.write(to: &$0) } }
            writer.member("ReturnConsumedCapacity", "TOTAL")
        }
    }
}

extension Value {
    /// The nearest double of a number; nil for any other kind.
    var double: Double? { kind == .number ? Double(String(decoding: rawText, as: UTF8.self)) : nil }
}
