/// How an exchange ended.
enum Ending: Hashable, Sendable {
    /// Every command was answered.
    case answered
    /// Nothing was sent.
    case notSent(retryAfterMilliseconds: Int)
    /// The connection was lost with commands under way, which may have been executed or not.
    case lost(retryAfterMilliseconds: Int)
}
