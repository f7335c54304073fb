/// Why a question outside the pipeline has no answer.
struct QueryFailure: Error {
    /// Nil when the connection is lost.
    let state: SQLState?
    /// The server's sentence without its details, which quote rows.
    let reason: String

    static let lost = QueryFailure(reason: "the connection was lost")

    init(_ state: SQLState) {
        self.state = state
        reason = "SQLSTATE \(state)"
    }

    init(state: SQLState, message: String) {
        self.state = state
        reason = "\(message) (SQLSTATE \(state))"
    }

    init(reason: String) {
        state = nil
        self.reason = reason
    }
}
