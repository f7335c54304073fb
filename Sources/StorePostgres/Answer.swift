/// What a server says to one step of an exchange.
enum Answer<Rows: Sendable>: Sendable {
    /// A statement was carried out.
    case rows(Rows)
    /// A statement, or the commit after the last one, was refused.
    case refused(Refusal)
    /// A statement was not looked at, because one before it was refused.
    case skipped
    /// The end of the exchange: when nothing was refused, it is committed.
    case synchronized
}

/// A server's refusal of a statement, without its text, which may quote values.
struct Refusal: Error, Hashable, Sendable {
    let state: SQLState
    /// The session ends with this refusal.
    let isFatal: Bool
}
