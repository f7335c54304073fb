/// When a call has to be answered at the latest.
struct CallDeadline: Hashable, Sendable {
    var instant: ContinuousClock.Instant
    /// What the client or the program asked for, counted from the arrival.
    var timeoutMilliseconds: Int

    init(after timeoutMilliseconds: Int, from arrival: ContinuousClock.Instant) {
        self.timeoutMilliseconds = timeoutMilliseconds
        instant = arrival + .milliseconds(timeoutMilliseconds)
    }
}
