import Repositories

/// Requests that are handed to the driver together and answered together.
struct Submission: Sendable {
    let requests: [APIRequest]
    /// Passes by the queue and what is known of the endpoint, is tried once and has a time limit of its own.
    let isUrgent: Bool
    let cancellation: Cancellation
    /// Called once, on the driver's thread, with an outcome for each request.
    let completion: @Sendable ([APIOutcome]) -> Void
}

/// A submission on the driver's thread, with the outcomes that it has so far.
final class OpenSubmission {
    private var outcomes: [APIOutcome?]
    private var left: Int
    private let completion: ([APIOutcome]) -> Void

    init(_ submission: Submission) {
        left = submission.requests.count
        outcomes = Array(repeating: nil, count: left)
        completion = submission.completion
    }

    func settle(_ index: Int, _ outcome: APIOutcome) {
        guard outcomes[index] == nil else { return }
        outcomes[index] = outcome
        left -= 1
        if left == 0 { completion(outcomes.compactMap(\.self)) }
    }
}

/// One request on the driver's thread, until it has an outcome.
final class OpenRequest {
    let request: APIRequest
    let isUrgent: Bool
    let submittedAt: Int64
    /// When it is given up: set when it starts, for one that is urgent when it comes.
    var deadline: Int64?
    /// Sent by the driver itself, to see whether the endpoint answers again.
    var isProbe = false
    var attempts = 0
    var startedAt: Int64 = 0
    /// Before then it is not tried again.
    var notBefore: Int64 = 0
    /// An attempt at a write got no answer.
    var mayHaveHappened = false
    var hasCorrectedClock = false
    var hasChangedCredentials = false
    var credentials: Credentials?
    private let submission: OpenSubmission
    private let cancellation: Cancellation
    private let index: Int

    init(_ index: Int, of submission: Submission, _ open: OpenSubmission, at time: Int64) {
        request = submission.requests[index]
        submittedAt = time
        isUrgent = submission.isUrgent
        cancellation = submission.cancellation
        self.submission = open
        self.index = index
    }

    /// Nobody waits for its outcome any more.
    var isCancelled: Bool { cancellation.isCancelled }

    func isOverdue(at time: Int64) -> Bool {
        deadline.map { $0 <= time } ?? false
    }

    func settle(_ outcome: APIOutcome) {
        submission.settle(index, outcome)
    }

    func fail(_ fault: DynamoDBFault, retryAfterMilliseconds: Int = 1000) {
        settle(
            .failed(
                APIFailure(
                    fault: fault, mayHaveHappened: mayHaveHappened, retryAfterMilliseconds: retryAfterMilliseconds)))
    }
}
