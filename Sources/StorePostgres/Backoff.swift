/// How long to wait before the next try to connect: exponential, with full jitter, so that the connections of many
/// daemons do not come back to a server all at once.
struct Backoff {
    static let first: Duration = .milliseconds(100)
    static let longest: Duration = .seconds(2)

    private var ceiling = first

    /// A random part of a ceiling that doubles with each call.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let delay = ceiling * Double.random(in: 0...1, using: &random)
        ceiling = min(ceiling * 2, Self.longest)
        return delay
    }

    mutating func reset() {
        ceiling = Self.first
    }
}
