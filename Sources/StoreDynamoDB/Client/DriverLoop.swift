import Bureau
import CCurl
import Platform

/// The driver's thread: takes submissions, keeps a limited number of requests in flight and settles each.
final class DriverLoop {
    let settings: DriverSettings
    let multi: CurlMulti
    private let submissions: SubmissionQueue
    var circuit = CircuitBreaker()
    var budget = RetryBudget()
    var inFlight: InFlightLimit
    var credentials: CredentialCache
    var signer: SigV4
    /// The seconds by which the server's clock is ahead of this machine's.
    var clockShiftSeconds: Int64 = 0
    /// The code of the latest failure to connect or to be answered.
    var lastConnectionError: String?
    /// The time of the endpoint's last answer.
    var lastAnswer: ContinuousClock.Instant?
    private var urgent = RequestQueue()
    private var queue = RequestQueue()
    /// Requests that wait for their next attempt.
    var delayed: [OpenRequest] = []
    /// Requests in flight, by the identity of their transfers.
    var running: [ObjectIdentifier: OpenRequest] = [:]
    var idle: [CurlTransfer] = []
    private(set) var transfers: [ObjectIdentifier: CurlTransfer] = [:]

    private static let idleWait: Duration = .seconds(30)
    /// The time between two searches for overdue requests.
    private static let sweepInterval: Duration = .milliseconds(50)

    init(_ settings: DriverSettings, _ submissions: SubmissionQueue, _ multi: CurlMulti) {
        self.settings = settings
        self.submissions = submissions
        self.multi = multi
        inFlight = InFlightLimit(maximum: settings.concurrency)
        credentials = CredentialCache(settings.initialCredentials)
        signer = SigV4(region: settings.address.region, service: "dynamodb")
    }

    func run() {
        while let news = submissions.take() {
            let now = ContinuousClock.now
            news.submissions.forEach(open)
            if news.isAnyCancelled { dropCancelled() }
            if news.isReloading { credentials.reload() }
            if let result = news.credentials { credentials.take(result, at: now, clock: clock) }
            requeueDelayed(now)
            fetchCredentials(now)
            probe(now)
            startRequests(now)
            multi.perform()
            abandonUnanswered(now)
            if !finishTransfers() { multi.wait(for: idleTime(ContinuousClock.now)) }
        }
        transfers.values.forEach(multi.remove)
        for request in running.values { request.fail(.unanswered) }
    }

    private func open(_ submission: Submission) {
        let open = OpenSubmission(submission)
        let now = ContinuousClock.now
        for index in submission.requests.indices {
            let request = OpenRequest(index, of: submission, open, backoff: settings.backoff, at: now)
            if request.isCancelled {
                request.fail(.unanswered)
            } else if submission.isUrgent {
                request.deadline = now + settings.healthTimeout
                urgent.append(request)
            } else {
                queue.append(request)
            }
        }
    }

    /// Drops cancelled requests, except writes in flight: their outcomes are not known otherwise, and a write must not
    /// take effect after its call has returned.
    private func dropCancelled() {
        var dropped = urgent.removeAll { $0.isCancelled } + queue.removeAll { $0.isCancelled }
        dropped += delayed.extract { $0.isCancelled }
        for (id, request) in running where request.isCancelled && request.request.operation.isRead {
            if abandon(id) != nil { dropped.append(request) }
        }
        for request in dropped { request.fail(.unanswered) }
    }

    private func requeueDelayed(_ now: ContinuousClock.Instant) {
        delayed.extract { $0.notBefore <= now }.forEach { queue.append($0) }
    }

    private func startRequests(_ now: ContinuousClock.Instant) {
        let state = credentials.state(at: now, clock: clock)
        while state != .waiting, let request = urgent.first {
            urgent.removeFirst()
            if let credentials = credentials(for: request, state, now) { start(request, credentials, now) }
        }
        while state != .waiting, running.count < inFlight.current, let request = queue.first {
            if let credentials = credentials(for: request, state, now) {
                switch circuit.decision(at: now) {
                case .send: start(request, credentials, now)
                case .refuse(let retryAfter):
                    request.fail(.unreachable, retryAfter: retryAfter, code: lastConnectionError)
                case .wait: return expire(now)
                }
            }
            queue.removeFirst()
        }
        expire(now)
    }

    /// Returns the credentials for a request. Settles a request without credentials, or with nobody waiting for it.
    private func credentials(
        for request: OpenRequest, _ state: CredentialCache.State, _ now: ContinuousClock.Instant
    ) -> AWSCredentials? {
        if request.isOverdue(at: now) || request.isCancelled {
            request.fail(.unanswered)
        } else {
            switch state {
            case .ready(let credentials): return credentials
            case .missing(let failure): request.fail(.credentialsMissing, code: failure.code, detail: failure.reason)
            case .waiting: break
            }
        }
        return nil
    }

    private func expire(_ now: ContinuousClock.Instant) {
        let isWaiting = credentials.state(at: now, clock: clock) == .waiting
        func fail(_ request: OpenRequest, _ fault: DynamoDBFault) {
            guard isWaiting else { return request.fail(fault, code: lastConnectionError) }
            request.fail(.credentialsMissing, detail: "the AWS credentials are still being fetched")
        }
        urgent.removeAll { $0.isOverdue(at: now) }.forEach { fail($0, .unanswered) }
        // The first credentials have the time limits of their source: the store opens as soon as they are there.
        if credentials.isFetchingFirst { return }
        // A queue that moves has no time limit, however long it is.
        let limit = now - settings.callTimeout
        let isSilent = lastAnswer.map { $0 <= limit } ?? true
        queue.removeAll { $0.isOverdue(at: now) || isSilent && $0.submittedAt <= limit }
            .forEach { fail($0, .unreachable) }
    }

    /// The time until something has to be done, as far as is known.
    private func idleTime(_ now: ContinuousClock.Instant) -> Duration {
        var time = Self.idleWait
        if let probe = circuit.nextProbe { time = min(time, probe - now) }
        for request in delayed { time = min(time, request.notBefore - now) }
        if !queue.isEmpty || !urgent.isEmpty || !running.isEmpty { time = min(time, Self.sweepInterval) }
        return max(.zero, time)
    }

    /// The server's time as far as it is known.
    var clock: Instant {
        let now = settings.now()
        return Instant(secondsSinceEpoch: clockShiftSeconds, microseconds: now.microsecondsSinceEpoch)
    }

    /// Returns a transfer for a request to the endpoint; nil without memory.
    func makeTransfer() -> CurlTransfer? {
        if let transfer = idle.popLast() { return transfer }
        let transfer = CurlTransfer(
            connectTimeout: settings.connectTimeout, maximumResponseBytes: settings.maximumResponseBytes,
            caBundle: settings.caBundle)
        guard let transfer else { return nil }
        transfers[ObjectIdentifier(transfer)] = transfer
        return transfer
    }

    /// Stops a transfer in flight and returns it.
    func abandon(_ id: ObjectIdentifier) -> CurlTransfer? {
        guard let transfer = transfers[id] else { return nil }
        running[id] = nil
        multi.remove(transfer)
        idle.append(transfer)
        return transfer
    }

    /// Fetches credentials on a thread of its own when a fetch is due, because files, programs and services may block.
    private func fetchCredentials(_ now: ContinuousClock.Instant) {
        guard credentials.startIfDue(at: now, clock: clock) else { return }
        let isStarted = OSThread.start { [fetcher = settings.fetcher, submissions] in
            submissions.noteCredentials(Result { () throws(CredentialFailure) in try fetcher.credentials() })
        }
        guard !isStarted else { return }
        let failure = CredentialFailure(reason: "the system gives no thread to fetch AWS credentials")
        credentials.take(.failure(failure), at: now, clock: clock)
    }
}
