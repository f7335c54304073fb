/// When to try again: exponential, with full jitter, so that many clients of a server that comes back do not all come
/// at once.
struct Backoff {
    static let firstMilliseconds = 50
    static let mostMilliseconds = 1000

    private(set) var failures = 0

    /// The pause before the next attempt: none after a first failure, then anything up to a bound that doubles.
    mutating func nextMilliseconds(using random: inout some RandomNumberGenerator) -> Int {
        defer { failures += 1 }
        guard failures > 0 else { return 0 }
        return Int.random(in: 1...Self.bound(failures), using: &random)
    }

    mutating func succeeded() {
        failures = 0
    }

    /// The longest pause after so many failures.
    static func bound(_ failures: Int) -> Int {
        min(mostMilliseconds, firstMilliseconds << min(failures - 1, 8))
    }
}
