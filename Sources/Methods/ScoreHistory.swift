import Bureau
import JSON
import JSONRPC
import Services

/// `score.history`
package struct ScoreHistory: SubjectMethod {
    package static let name = "score.history"
    package let footprint = Footprint(reads: .b)
    package let answerBytes = 8192
    private let scores: ScoreService

    package init(scores: ScoreService) {
        self.scores = scores
    }

    package func decode(_ params: Value) throws(Failure) -> ScoreHistoryRequest {
        let reader = ObjectReader(params)
        return ScoreHistoryRequest(
            cpf: try reader.required("cpf"),
            before: try PageReader.cursor(reader) { cursor in cursor.withUTF8 { RecordID($0) } },
            limit: try PageReader.limit(reader))
    }

    package func call(_ group: [ScoreHistoryRequest]) async -> [Outcome<Page<ScoreView>>] {
        let withOneMore = group.map { request in
            ScoreHistoryRequest(cpf: request.cpf, before: request.before, limit: request.limit + 1)
        }
        return zip(group, await scores.history(withOneMore)).map { request, scores in
            scores.map { Page($0, limit: request.limit) }.outcome
        }
    }

    package func write(_ page: Page<ScoreView>, to writer: inout Writer) {
        writer.object { result in
            result.key("scores")
            result.array { list in
                for score in page.items { score.write(to: &list) }
            }
            if page.hasMore, let last = page.items.last { result.member("nextCursor", last.scoreID) }
        }
    }
}
