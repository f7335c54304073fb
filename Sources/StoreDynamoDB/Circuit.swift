/// Whether requests may go out to the endpoint, judged by how the last ones went.
///
/// After a failed connection or a missing answer requests wait while a harmless read, the probe, tries the way; when
/// nothing has come back for `patience`, they are refused at once, until a probe is answered. Times are milliseconds of
/// a monotonic clock.
struct Circuit: Sendable {
    enum Admission: Equatable, Sendable {
        case go
        case wait
        case refuse(retryAfterMilliseconds: Int)
    }

    /// How long the endpoint may fail before requests are refused.
    var patienceMilliseconds: Int64 = 1000
    /// The time between two probes, which doubles from the first value to the second.
    var pauseMilliseconds: ClosedRange<Int64> = 50...500

    private var lastAnswer = Int64.min
    /// Since when nothing has succeeded; nil while all is well.
    private var failingSince: Int64?
    private var pause: Int64 = 0
    private var nextProbe: Int64 = 0
    private var isProbing = false

    init() {}

    func admit(at now: Int64) -> Admission {
        guard let failingSince else { return .go }
        guard now - failingSince >= patienceMilliseconds else { return .wait }
        return .refuse(retryAfterMilliseconds: Int(max(nextProbe - now, pauseMilliseconds.lowerBound)))
    }

    /// Whether a probe is to go out now; the one who asks sends it and notes how it went.
    mutating func takeProbe(at now: Int64) -> Bool {
        guard failingSince != nil, !isProbing, now >= nextProbe else { return false }
        isProbing = true
        return true
    }

    /// When the next probe is due; nil when none is, or one is on the way.
    var nextProbeMilliseconds: Int64? { failingSince == nil || isProbing ? nil : nextProbe }

    /// The endpoint has answered, whatever it said.
    mutating func noteAnswer(at now: Int64) {
        lastAnswer = now
        failingSince = nil
        isProbing = false
        pause = 0
    }

    /// A request that started at `start` found no way, or no answer.
    mutating func noteFailure(startedAt start: Int64, at now: Int64, isProbe: Bool = false) {
        failingSince = failingSince ?? max(start, lastAnswer)
        if isProbe { isProbing = false }
        guard isProbe || pause == 0 else { return }
        pause = min(max(pause * 2, pauseMilliseconds.lowerBound), pauseMilliseconds.upperBound)
        nextProbe = now + pause
    }
}
