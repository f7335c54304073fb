import Repositories

/// One batch of base A: statements that are one transaction and one round trip.
struct PostgresTransaction: Sendable {
    let statements: [BoundStatement]
    let cancellation: Cancellation
    /// Hands the outcome to the caller; called exactly once.
    let complete: @Sendable (Result<[ResultTable], Failure>) -> Void

    /// Why a transaction gave no results.
    enum Failure: Error, Hashable, Sendable {
        /// The server refused the statement at this index and undid the transaction.
        case refused(SQLState, statement: Int)
        /// Nothing was carried out: the transaction was not sent whole, or the server ended the session before it.
        case notRun
        /// A cancel request for another transaction undid this one, which has to run again.
        case interrupted
        /// The connection was lost after the transaction was sent whole: whether it is committed is not known.
        case lost
        /// No connection could take the transaction in time.
        case noConnection(retryAfterMilliseconds: Int)
    }
}
