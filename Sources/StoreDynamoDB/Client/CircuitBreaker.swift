/// Decides by the latest outcomes whether requests go to the endpoint.
///
/// After a failure requests wait while a harmless read, the probe, is sent. When nothing has succeeded for `patience`,
/// requests are refused until a probe is answered.
struct CircuitBreaker: Sendable {
    enum Decision: Equatable, Sendable {
        case send
        case wait
        case refuse(retryAfter: Duration)
    }

    /// How long the endpoint may fail before requests are refused.
    private static let patience: Duration = .seconds(1)
    /// The first and the longest pause between two probes; each pause is twice the last.
    private static let pauses: ClosedRange<Duration> = .milliseconds(50) ... .milliseconds(500)

    private var lastAnswer: ContinuousClock.Instant?
    /// The start of the current failure; nil while requests succeed.
    private var failingSince: ContinuousClock.Instant?
    private var pause: Duration = .zero
    private var probeDue: ContinuousClock.Instant?
    private var isProbing = false

    func decision(at now: ContinuousClock.Instant) -> Decision {
        guard let failingSince else { return .send }
        guard now - failingSince >= Self.patience else { return .wait }
        let untilProbe = probeDue.map { $0 - now } ?? .zero
        return .refuse(retryAfter: max(untilProbe, Self.pauses.lowerBound))
    }

    /// Returns whether a probe is due now. The caller then sends a probe and notes its outcome.
    mutating func takeProbe(at now: ContinuousClock.Instant) -> Bool {
        guard let nextProbe, now >= nextProbe else { return false }
        isProbing = true
        return true
    }

    /// The time of the next probe; nil when no probe is needed, or a probe is in flight.
    var nextProbe: ContinuousClock.Instant? { failingSince == nil || isProbing ? nil : probeDue }

    /// Notes any answer of the endpoint, an error included.
    mutating func noteAnswer(at now: ContinuousClock.Instant) {
        lastAnswer = now
        failingSince = nil
        isProbing = false
        pause = .zero
    }

    /// Notes that a request found no connection or no answer.
    mutating func noteFailure(
        startedAt start: ContinuousClock.Instant, at now: ContinuousClock.Instant, isProbe: Bool = false
    ) {
        failingSince = failingSince ?? lastAnswer.map { max(start, $0) } ?? start
        if isProbe { isProbing = false }
        guard isProbe || pause == .zero else { return }
        pause = min(max(pause * 2, Self.pauses.lowerBound), Self.pauses.upperBound)
        probeDue = now + pause
    }
}

/// The number of requests that may be in flight, learnt from response times: one more after a full round of quick
/// answers, a third less after a slow answer, or when more requests are throttled than answered. So a small server is
/// not overloaded and a large one is used. A server that throttles some requests is not asked for less, because those
/// are sent again after a pause.
struct InFlightLimit: Sendable {
    private static let slow: Duration = .milliseconds(500)
    private static let start = 8

    let maximum: Int
    private(set) var current: Int
    /// Since the limit has changed last.
    private var quickAnswers = 0
    private var throttled = 0
    /// When the limit fell last. Requests that started earlier say nothing of the present limit.
    private var loweredAt: ContinuousClock.Instant?

    init(maximum: Int) {
        self.maximum = maximum
        current = min(Self.start, maximum)
    }

    /// Notes the end of a request; `wasRefused` when the request was not answered.
    mutating func note(
        startedAt start: ContinuousClock.Instant, endedAt end: ContinuousClock.Instant, wasRefused: Bool = false
    ) {
        if wasRefused || end - start > Self.slow {
            lower(startedAt: start, endedAt: end)
        } else {
            quickAnswers += 1
            guard quickAnswers >= current else { return }
            change(to: min(current + 1, maximum))
        }
    }

    /// Notes a request that the server has throttled.
    mutating func noteThrottled(startedAt start: ContinuousClock.Instant, endedAt end: ContinuousClock.Instant) {
        throttled += 1
        if throttled > quickAnswers, throttled * 2 > current { lower(startedAt: start, endedAt: end) }
    }

    private mutating func lower(startedAt start: ContinuousClock.Instant, endedAt end: ContinuousClock.Instant) {
        if let loweredAt, start < loweredAt { return }
        loweredAt = end
        change(to: max(1, current * 2 / 3))
    }

    private mutating func change(to limit: Int) {
        current = limit
        quickAnswers = 0
        throttled = 0
    }
}

/// A token bucket that limits the retries of all requests together, so that a failing store does not get a multiple of
/// its usual load.
struct RetryBudget: Sendable {
    static let capacity = 500
    private static let costOfRetry = 5
    private static let gainOfSuccess = 1

    private(set) var tokens = capacity

    /// Pays for a retry; false when too few tokens are left.
    mutating func takeRetry() -> Bool {
        guard tokens >= Self.costOfRetry else { return false }
        tokens -= Self.costOfRetry
        return true
    }

    mutating func noteSuccess() {
        tokens = min(Self.capacity, tokens + Self.gainOfSuccess)
    }
}
