/// How long to wait before an attempt that follows a failed one: exponential, with full jitter.
struct Backoff: Sendable {
    var baseMilliseconds: Int64 = 25
    var limitMilliseconds: Int64 = 1000

    /// Between 0 and `base * 2^(failures - 1)`, which does not grow beyond the limit.
    func milliseconds(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
        .random(in: 0...ceiling(afterFailures: failures), using: &generator)
    }

    func ceiling(afterFailures failures: Int) -> Int64 {
        let doublings = min(max(0, failures - 1), 32)
        return min(limitMilliseconds, baseMilliseconds << Int64(doublings))
    }
}
