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
    private struct State {
        var submissions: [Submission] = []
        var isAnyCancelled = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let multi: CurlMulti

    init(_ multi: CurlMulti) {
        self.multi = multi
    }

    func append(_ submission: Submission) {
        state.withLock { $0.submissions.append(submission) }
        multi.wake()
    }

    /// Makes the thread look for cancelled submissions.
    func noteCancelled() {
        state.withLock { $0.isAnyCancelled = true }
        multi.wake()
    }

    /// Lets the thread end once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        multi.wake()
    }

    /// Takes all submissions, and whether any was cancelled since the last call; nil when the thread has to end.
    func take() -> (submissions: [Submission], isAnyCancelled: Bool)? {
        state.withLock { state in
            guard !state.isStopped || !state.submissions.isEmpty else { return nil }
            defer {
                state.submissions = []
                state.isAnyCancelled = false
            }
            return (state.submissions, state.isAnyCancelled)
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

    func fail(_ fault: DynamoDBFault, retryAfter: Duration = .seconds(1)) {
        settle(.failed(APIFailure(fault: fault, mayHaveHappened: mayHaveHappened, retryAfter: retryAfter)))
    }
}

/// Requests in the order of their arrival. Removing the first takes constant time.
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

    private mutating func rewind() {
        guard isEmpty else { return }
        requests.removeAll(keepingCapacity: true)
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
