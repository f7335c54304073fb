/// How many retries all requests together may still make: a token bucket, so that a store in trouble does not get a
/// multiple of its usual load.
struct RetryBudget: Sendable {
    static let capacity = 500
    static let costOfRetry = 5
    static let gainOfSuccess = 1

    private(set) var tokens = capacity

    /// Pays for a retry; false when there is not enough left.
    mutating func takeRetry() -> Bool {
        guard tokens >= Self.costOfRetry else { return false }
        tokens -= Self.costOfRetry
        return true
    }

    mutating func noteSuccess() {
        tokens = min(Self.capacity, tokens + Self.gainOfSuccess)
    }
}
