import Bureau
import JSON
import Repositories
import Testing

@testable import StoreDynamoDB

@Suite("Requests for the table")
struct TableRequestsTests {
    private let requests = TableRequests(table: "tab")

    @Test(
        "a write is guarded by the version that is expected",
        arguments: [
            (nil, "attribute_not_exists(erased)", "UPDATED_NEW"),
            (Int64(0), "attribute_not_exists(life) AND attribute_not_exists(erased)", "UPDATED_NEW"),
            (7, "version = :expected AND attribute_exists(life)", "NONE"),
        ])
    func guarded(expected: Int64?, condition: String, returned: String) throws {
        let put = ProfilePut(content: Sample.bare, expectedVersion: expected, at: .first)
        try Self.read(requests.put(put, WriteID(bytes: [1]))) { request in
            #expect(request["ConditionExpression"]?.string == condition)
            #expect(request["ReturnValues"]?.string == returned)
            let value = request["ExpressionAttributeValues"]?[":expected"]?["N"]?.string
            #expect(value == (expected == 7 ? "7" : nil))
            #expect(request["UpdateExpression"]?.string?.hasSuffix(" REMOVE housing") == true)
        }
        let deletion = ProfileDeletion(token: Sample.token, expectedVersion: expected)
        try Self.read(requests.delete(deletion, WriteID(bytes: [1]))) { request in
            let condition = request["ConditionExpression"]?.string
            #expect(condition?.contains("attribute_exists(life)") == true)
            #expect(condition?.contains(":expected") == (expected != nil))
            let value = request["ExpressionAttributeValues"]?[":expected"]?["N"]?.string
            #expect(value == expected.map { "\($0)" })
        }
    }

    @Test("every value that an update names is given, and every one that is given is named")
    func values() throws {
        for content in [Sample.full, Sample.bare] {
            let put = ProfilePut(content: content, expectedVersion: 3, at: .first)
            try Self.read(requests.put(put, WriteID(bytes: [1]))) { request in
                let update = request["UpdateExpression"]?.string ?? ""
                let condition = request["ConditionExpression"]?.string ?? ""
                let named = "\(update) \(condition)".split { !$0.isLetter && $0 != ":" }
                    .filter { $0.hasPrefix(":") }.map(String.init)
                let given = request["ExpressionAttributeValues"]?.members.compactMap(\.key.string) ?? []
                #expect(Set(named) == Set(given))
            }
        }
    }

    @Test("a page before an identifier ends one below it, and none is asked for where there can be none")
    func pages() {
        let page = ScorePage(
            ScoreQuery(token: Sample.token, before: RecordID(high: 1, low: 0), limit: 5))
        #expect(page?.range == "score#"..."score#00000000-0000-0000-ffff-ffffffffffff")
        #expect(ScorePage(ScoreQuery(token: Sample.token, before: nil, limit: 5))?.range == "score#"..."score#~")
        #expect(ScorePage(ScoreQuery(token: Sample.token, before: nil, limit: 0)) == nil)
        #expect(ScorePage(ScoreQuery(token: Sample.token, before: RecordID(high: 0, low: 0), limit: 5)) == nil)
    }

    @Test("a list is cut into parts of which all but the last are full")
    func chunks() {
        #expect((0..<0).map { $0 }.chunks(of: 3).isEmpty)
        #expect((0..<7).map { $0 }.chunks(of: 3).map(Array.init) == [[0, 1, 2], [3, 4, 5], [6]])
        #expect((0..<6).map { $0 }.chunks(of: 3).map(Array.init) == [[0, 1, 2], [3, 4, 5]])
        #expect([3, 1, 3, 2, 1].unique() == [3, 1, 2])
    }

    private static func read(_ request: APIRequest, _ body: (Value) -> Void) throws {
        try withObject(in: request.body) { (value) throws(MalformedItem) in body(value) }
    }
}
