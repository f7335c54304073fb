import Platform
import Repositories
import Synchronization

/// Requests that are submitted together and answered together.
struct Submission: Sendable {
    let requests: [APIRequest]
    /// Whether the requests skip the queue and the circuit breaker. They are tried once and have a shorter time limit.
    var isUrgent = false
    /// Nil when nobody can cancel the requests.
    var cancellation: Cancellation?
    /// Called once, on the driver's thread, with an outcome for each request.
    let completion: @Sendable ([APIOutcome]) -> Void
}

/// The queue from the callers to the driver's thread.
final class SubmissionQueue: Sendable {
    /// What has come since the thread looked last.
    struct News {
        var submissions: [Submission] = []
        var isAnyCancelled = false
        /// The result of a fetch of credentials.
        var credentials: Result<AWSCredentials, CredentialFailure>?
        /// Whether credentials have to be fetched anew.
        var isReloading = false
    }

    private struct State {
        var news = News()
        var isStopped = false
    }

    private let state = Mutex(State())
    private let multi: CurlMulti

    init(_ multi: CurlMulti) {
        self.multi = multi
    }

    func append(_ submission: Submission) {
        note { $0.submissions.append(submission) }
    }

    /// Makes the thread look for cancelled submissions.
    func noteCancelled() {
        note { $0.isAnyCancelled = true }
    }

    func noteCredentials(_ result: Result<AWSCredentials, CredentialFailure>) {
        note { $0.credentials = result }
    }

    /// Makes the thread fetch credentials.
    func reloadCredentials() {
        note { $0.isReloading = true }
    }

    private func note(_ change: (inout News) -> Void) {
        state.withLock { change(&$0.news) }
        multi.wake()
    }

    /// Lets the thread end once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        multi.wake()
    }

    /// Takes all news; nil when the thread has to end.
    func take() -> News? {
        state.withLock { state in
            guard !state.isStopped || !state.news.submissions.isEmpty else { return nil }
            defer { state.news = News() }
            return state.news
        }
    }
}

/// A submission on the driver's thread with the outcomes so far.
final class OpenSubmission {
    private var outcomes: [APIOutcome?]
    private var missing: Int
    private let completion: ([APIOutcome]) -> Void

    init(_ submission: Submission) {
        missing = submission.requests.count
        outcomes = Array(repeating: nil, count: missing)
        completion = submission.completion
    }

    func settle(_ index: Int, _ outcome: APIOutcome) {
        guard outcomes[index] == nil else { return }
        outcomes[index] = outcome
        missing -= 1
        if missing == 0 { completion(outcomes.compactMap(\.self)) }
    }
}

/// One request on the driver's thread, until it has an outcome.
final class OpenRequest {
    let request: APIRequest
    let isUrgent: Bool
    let submittedAt: ContinuousClock.Instant
    /// When the driver gives up: set at the first attempt, for an urgent request at its arrival.
    var deadline: ContinuousClock.Instant?
    /// Whether the driver sends the request by itself, to test the endpoint.
    var isProbe = false
    var attempts = 0
    /// The start of the latest attempt.
    var startedAt: ContinuousClock.Instant
    /// The earliest time of the next attempt.
    var notBefore: ContinuousClock.Instant
    var backoff: Backoff
    /// Whether an attempt at a write got no answer.
    var mayHaveHappened = false
    /// The error code of the latest attempt.
    var code: String?
    var hasCorrectedClock = false
    var hasChangedCredentials = false
    /// The credentials of the latest attempt.
    var credentials: AWSCredentials?
    private let submission: OpenSubmission
    private let cancellation: Cancellation?
    private let index: Int

    init(
        _ index: Int, of submission: Submission, _ open: OpenSubmission, backoff: Backoff,
        at time: ContinuousClock.Instant
    ) {
        request = submission.requests[index]
        isUrgent = submission.isUrgent
        submittedAt = time
        startedAt = time
        notBefore = time
        self.backoff = backoff
        cancellation = submission.cancellation
        self.submission = open
        self.index = index
    }

    var isCancelled: Bool { cancellation?.isCancelled ?? false }

    func isOverdue(at time: ContinuousClock.Instant) -> Bool {
        deadline.map { $0 <= time } ?? false
    }

    func settle(_ outcome: APIOutcome) {
        submission.settle(index, outcome)
    }

    func fail(
        _ fault: DynamoDBFault, retryAfter: Duration = .seconds(1), code: String? = nil, detail: String? = nil
    ) {
        settle(
            .failed(
                APIFailure(
                    fault: fault, mayHaveHappened: mayHaveHappened, retryAfter: retryAfter, code: code ?? self.code,
                    detail: detail)))
    }
}

/// Requests in the order of their arrival. Removing the first takes constant time on average.
struct RequestQueue {
    private var requests: [OpenRequest] = []
    private var head = 0

    var isEmpty: Bool { head == requests.count }
    var first: OpenRequest? { isEmpty ? nil : requests[head] }

    mutating func append(_ request: OpenRequest) {
        requests.append(request)
    }

    mutating func removeFirst() {
        head += 1
        rewind()
    }

    /// Removes and returns the requests that `isGone` selects.
    mutating func removeAll(where isGone: (OpenRequest) -> Bool) -> [OpenRequest] {
        defer { rewind() }
        return requests.extract(from: head, where: isGone)
    }

    /// Lets go of the removed requests once they are half of the array: a queue that is never empty must not grow.
    private mutating func rewind() {
        guard head * 2 >= requests.count else { return }
        requests.removeFirst(head)
        head = 0
    }
}

extension Array {
    /// Removes and returns the selected elements. Each is tested once, because a request may be cancelled meanwhile.
    mutating func extract(from start: Int = 0, where isSelected: (Element) -> Bool) -> [Element] {
        guard let first = self[start...].firstIndex(where: isSelected) else { return [] }
        var extracted = [self[first]]
        var end = first
        for index in self[(first + 1)...].indices {
            if isSelected(self[index]) {
                extracted.append(self[index])
            } else {
                self[end] = self[index]
                end += 1
            }
        }
        removeSubrange(end...)
        return extracted
    }
}
