import Bureau
import CCurl

/// The driver's thread: takes requests in, keeps so many of them on the way at once, and settles each.
final class DriverLoop {
    let settings: DriverSettings
    let multi: Multi
    private let mailbox: Mailbox
    var circuit = Circuit()
    var budget = RetryBudget()
    let backoff = Backoff()
    var credentials: CredentialKeeper
    /// What the server's clock is ahead of this machine's.
    var clockShiftSeconds: Int64 = 0
    /// When the endpoint answered last.
    var lastAnswer = Int64.min
    var urgent = RequestQueue()
    var queue = RequestQueue()
    /// Waiting for their next attempt.
    var delayed: [OpenRequest] = []
    /// On the way, by the address of their transfers.
    var running: [ObjectIdentifier: OpenRequest] = [:]
    var idle: [Transfer] = []
    var metadataTransfer: Transfer?
    private(set) var transfers: [ObjectIdentifier: Transfer] = [:]
    var inFlight: InFlightLimit

    private static let idleWaitMilliseconds: Int64 = 30_000
    /// How often requests are looked through for those whose time is up.
    private static let sweepMilliseconds: Int64 = 50

    init(_ settings: DriverSettings, _ mailbox: Mailbox, _ multi: Multi) {
        self.settings = settings
        self.mailbox = mailbox
        self.multi = multi
        inFlight = InFlightLimit(most: settings.concurrency)
        credentials = CredentialKeeper(settings.credentialSource)
    }

    func run() {
        while let (submissions, isAnyCancelled) = mailbox.take() {
            submissions.forEach(open)
            if isAnyCancelled { dropCancelled() }
            let now = MonotonicClock.milliseconds()
            requeueDelayed(now)
            fetchCredentials(now)
            probe(now)
            startRequests(now)
            multi.perform()
            abandonUnanswered(now)
            if !finishTransfers() { multi.wait(milliseconds: patience(MonotonicClock.milliseconds())) }
        }
        transfers.values.forEach(multi.remove)
        if let metadataTransfer { multi.remove(metadataTransfer) }
        for request in running.values { request.fail(.unanswered) }
    }

    private func open(_ submission: Submission) {
        let open = OpenSubmission(submission)
        let now = MonotonicClock.milliseconds()
        for index in submission.requests.indices {
            let request = OpenRequest(index, of: submission, open, at: now)
            if request.isCancelled {
                request.fail(.unanswered)
            } else if submission.isUrgent {
                request.deadline = now + settings.healthMilliseconds
                urgent.append(request)
            } else {
                queue.append(request)
            }
        }
    }

    private func requeueDelayed(_ now: Int64) {
        guard delayed.contains(where: { $0.notBefore <= now }) else { return }
        let due = delayed.filter { $0.notBefore <= now }
        delayed.removeAll { $0.notBefore <= now }
        due.forEach { queue.append($0) }
    }

    private func startRequests(_ now: Int64) {
        while let request = urgent.first {
            guard let credentials = usableCredentials(request, now) else { break }
            urgent.removeFirst()
            if let credentials { start(request, credentials, now) }
        }
        while running.count < inFlight.current, let request = queue.first {
            guard let credentials = usableCredentials(request, now) else { break }
            if let credentials {
                switch circuit.admit(at: now) {
                case .go: start(request, credentials, now)
                case .refuse(let milliseconds): request.fail(.unreachable, retryAfterMilliseconds: milliseconds)
                case .wait: return expire(now)
                }
            }
            queue.removeFirst()
        }
        expire(now)
    }

    /// The credentials for a request that may start; nil when it has to wait for them, and nil in the inner optional
    /// when it has been settled instead.
    private func usableCredentials(_ request: OpenRequest, _ now: Int64) -> Credentials?? {
        if request.isOverdue(at: now) || request.isCancelled {
            request.fail(.unanswered)
            return .some(nil)
        }
        switch credentials.state(at: now, clock: clock) {
        case .ready(let credentials): return credentials
        case .waiting: return nil
        case .missing:
            request.fail(.credentialsMissing)
            return .some(nil)
        }
    }

    private func expire(_ now: Int64) {
        urgent.removeAll { $0.isOverdue(at: now) }.forEach { $0.fail(.unanswered) }
        // A queue that moves is waited in, however long it is.
        queue.removeAll { request in
            request.isOverdue(at: now)
                || now >= max(request.submittedAt, lastAnswer) + settings.callMilliseconds
        }
        .forEach { $0.fail(.unreachable) }
    }

    /// How long nothing has to be done, as far as is known.
    private func patience(_ now: Int64) -> Int64 {
        var patience = Self.idleWaitMilliseconds
        if let probe = circuit.nextProbeMilliseconds { patience = min(patience, probe - now) }
        for request in delayed { patience = min(patience, request.notBefore - now) }
        if !queue.isEmpty || !urgent.isEmpty || !running.isEmpty { patience = min(patience, Self.sweepMilliseconds) }
        return max(0, patience)
    }

    /// The server's time, as far as it is known.
    var clock: Instant {
        let now = settings.now()
        return Instant(secondsSinceEpoch: clockShiftSeconds, microseconds: now.microsecondsSinceEpoch)
    }

    /// A transfer for a request to the table's endpoint; nil without memory.
    func makeTransfer() -> Transfer? {
        if let transfer = idle.popLast() { return transfer }
        guard let transfer = Transfer(settings) else { return nil }
        transfers[ObjectIdentifier(transfer)] = transfer
        return transfer
    }
}
