import Repositories

/// One batch as the server sees it: statements that are one transaction and one round trip.
struct Exchange: Sendable {
    let statements: [BoundStatement]
    let cancellation: Cancellation
    /// Tells the caller, exactly once.
    let answer: @Sendable (Result<[ResultTable], ExchangeFailure>) -> Void
}

/// Why an exchange gave no results.
enum ExchangeFailure: Error, Hashable, Sendable {
    /// The server refused the statement at this index and undid the transaction.
    case refused(SQLState, statement: Int)
    /// Nothing of it was carried out: it was not sent whole, or the server ended the session before it.
    case notRun
    /// A cancel request that was meant for another exchange undid it: it is to be run again.
    case interrupted
    /// It was sent whole, and the connection was lost before the server's last word: it may be committed or not.
    case lost
    /// No connection could take it in time.
    case noConnection(retryAfterMilliseconds: Int)
}
