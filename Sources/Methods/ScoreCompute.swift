import Bureau
import JSON
import JSONRPC
import Services

/// `score.compute`
package struct ScoreCompute: SubjectMethod {
    package static let name = "score.compute"
    package let footprint = Footprint(reads: .b, writes: .b)
    /// Each score is computed from the same profile and added to the history in its turn.
    package let repeatsSubject = true
    private let scores: ScoreService

    package init(scores: ScoreService) {
        self.scores = scores
    }

    package func decode(_ params: Value) throws(Failure) -> CPF {
        try ObjectReader(params).required("cpf")
    }

    package func call(_ group: [CPF]) async -> [Outcome<ScoreView>] {
        await scores.compute(group).map(\.outcome)
    }

    package func write(_ score: ScoreView, to writer: inout Writer) {
        score.write(to: &writer)
    }
}
