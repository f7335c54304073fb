/// Whether requests may go out to the endpoint, judged by how the last ones went.
///
/// After a failed connection one request at a time tries the way while the others wait; when nothing has come back for
/// `patience`, they are refused at once, until a try succeeds. Times are milliseconds of a monotonic clock.
struct Circuit: Sendable {
    enum Admission: Equatable, Sendable {
        case go
        case wait(untilMilliseconds: Int64)
        case refuse(retryAfterMilliseconds: Int)
    }

    /// How long the endpoint may fail before requests are refused.
    var patienceMilliseconds: Int64 = 1000
    /// The time between two tries, which doubles from the first value to the second.
    var pauseMilliseconds: ClosedRange<Int64> = 50...1000

    private var lastSuccess = Int64.min
    /// Since when nothing has succeeded; nil while all is well.
    private var failingSince: Int64?
    private var pause: Int64 = 0
    private var nextTry: Int64 = 0

    init() {}

    /// Says what a request may do now. `go` makes it the one that tries the way, when the way is in doubt.
    mutating func admit(at now: Int64) -> Admission {
        guard let failingSince else { return .go }
        if now >= nextTry {
            // Lets the next one try in case that this one never reports.
            nextTry = now + pauseMilliseconds.upperBound
            return .go
        }
        guard now - failingSince >= patienceMilliseconds else { return .wait(untilMilliseconds: nextTry) }
        return .refuse(retryAfterMilliseconds: Int(nextTry - now))
    }

    /// The endpoint has answered, whatever it said.
    mutating func noteAnswer(at now: Int64) {
        lastSuccess = now
        failingSince = nil
        pause = 0
    }

    /// A request that started at `start` found no way, or no answer.
    mutating func noteFailure(startedAt start: Int64, at now: Int64) {
        failingSince = failingSince ?? max(start, lastSuccess)
        pause = min(max(pause * 2, pauseMilliseconds.lowerBound), pauseMilliseconds.upperBound)
        nextTry = now + pause
    }
}
