import Bureau
import CCurl
import Platform
import Repositories

extension DriverLoop {
    /// AWS accepts signatures that are up to five minutes old.
    private static let harmlessSkewSeconds: Int64 = 60
    /// The delay before a retry of a failure that an operator has to end.
    private static let operatorDelay: Duration = .seconds(5)

    func start(_ request: OpenRequest, _ credentials: AWSCredentials, _ now: ContinuousClock.Instant) {
        guard let headers = signedHeaders(request.request, credentials), let transfer = makeTransfer() else {
            return failToStart(request, now)
        }
        let deadline = request.deadline ?? now + settings.callTimeout
        request.deadline = deadline
        request.attempts += 1
        request.startedAt = now
        request.credentials = credentials
        transfer.prepare(
            url: settings.address.endpoint + "/", headers: headers, timeout: deadline - now,
            maySendAgain: request.request.operation.isIdempotent)
        transfer.setBody(request.request.body)
        guard multi.add(transfer) else {
            idle.append(transfer)
            return failToStart(request, now)
        }
        running[ObjectIdentifier(transfer)] = request
    }

    private func failToStart(_ request: OpenRequest, _ now: ContinuousClock.Instant) {
        circuit.noteFailure(startedAt: now, at: now, isProbe: request.isProbe)
        request.fail(.unreachable, detail: "the system gives no memory for a request")
    }

    /// Sends a probe when a probe is due. Nobody waits for its outcome; the circuit breaker learns from it.
    func probe(_ now: ContinuousClock.Instant) {
        guard case .ready(let credentials) = credentials.state(at: now, clock: clock), circuit.takeProbe(at: now) else {
            return
        }
        let submission = Submission(requests: [settings.probe], isUrgent: true) { _ in }
        let request = OpenRequest(0, of: submission, OpenSubmission(submission), backoff: settings.backoff, at: now)
        request.deadline = now + settings.healthTimeout
        request.isProbe = true
        start(request, credentials, now)
    }

    /// The header lines of a request, with a signature for the server's time; nil when OpenSSL cannot sign.
    private func signedHeaders(_ request: APIRequest, _ credentials: AWSCredentials) -> [String]? {
        let date = clock.basicText
        var headers: [(name: String, value: String)] = [
            ("Host", String(settings.address.authority)),
            ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", request.operation.target),
            ("X-Amz-Date", date),
        ]
        if let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }
        let authorization = signer.authorization(credentials, headers: headers, date: date, body: request.body)
        guard let authorization else { return nil }
        headers.append(("Authorization", authorization))
        return headers.map { "\($0.name): \($0.value)" }
    }

    /// Settles or retries the requests of ended transfers; false when none has ended.
    func finishTransfers() -> Bool {
        var isAnyEnded = false
        while let (transfer, code) = multi.nextEnded() {
            isAnyEnded = true
            multi.remove(transfer)
            let now = ContinuousClock.now
            if let request = running.removeValue(forKey: ObjectIdentifier(transfer)) {
                finish(request, transfer, code, now)
                idle.append(transfer)
            }
        }
        return isAnyEnded
    }

    /// Gives up requests in flight to an endpoint that has answered nothing at all for the time limit of a request. An
    /// endpoint that answers other requests is slow, and has the time limit of a call.
    func abandonUnanswered(_ now: ContinuousClock.Instant) {
        let limit = now - settings.requestTimeout
        if let lastAnswer, lastAnswer > limit { return }
        for (id, request) in running where request.startedAt <= limit {
            guard let transfer = abandon(id) else { continue }
            finish(request, failed: transfer, CURLE_OPERATION_TIMEDOUT, now)
        }
    }

    private func finish(
        _ request: OpenRequest, _ transfer: CurlTransfer, _ code: CURLcode, _ now: ContinuousClock.Instant
    ) {
        guard code == CURLE_OK else { return finish(request, failed: transfer, code, now) }
        circuit.noteAnswer(at: now)
        lastAnswer = now
        let status = transfer.status
        let serverTime = status == 200 ? nil : transfer.serverTime
        let body = transfer.takeResponse()
        guard status != 200 else {
            inFlight.note(startedAt: request.startedAt, endedAt: now)
            budget.noteSuccess()
            return request.settle(.answered(body))
        }
        request.code = ErrorResponse.code(status: status, body: body)
        let meaning = ErrorResponse(status: status, body: body)
        if meaning == .throttled {
            inFlight.noteThrottled(startedAt: request.startedAt, endedAt: now)
        } else {
            inFlight.note(startedAt: request.startedAt, endedAt: now)
        }
        switch meaning {
        case .conditionFailed:
            request.settle(.conditionFailed(body))
        case .throttled:
            retry(request, .throttled, now)
        case .conflict:
            retry(request, .conflict, now)
        case .serverFailed(let isRefusal):
            fail(request, .serverFailed, wasRefused: isRefusal, now)
        case .credentialsExpired:
            changeCredentials(request, now)
        case .clockSkewed:
            correctClock(request, by: serverTime, else: .clockSkewed, now)
        case .fault(.credentialsRefused):
            correctClock(request, by: serverTime, else: .credentialsRefused, now)
        case .fault(let fault):
            request.fail(fault, retryAfter: Self.operatorDelay)
        }
    }

    private func finish(
        _ request: OpenRequest, failed transfer: CurlTransfer, _ code: CURLcode, _ now: ContinuousClock.Instant
    ) {
        circuit.noteFailure(startedAt: request.startedAt, at: now, isProbe: request.isProbe)
        inFlight.note(startedAt: request.startedAt, endedAt: now, wasRefused: true)
        request.code = code.name
        lastConnectionError = code.name
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            request.fail(.untrusted, retryAfter: Self.operatorDelay)
        case CURLE_WRITE_ERROR:
            fail(request, .unreadable, wasRefused: false, now)
        default:
            let wasSent = transfer.sendCount > 0
            fail(request, wasSent ? .unanswered : .unreachable, wasRefused: !wasSent, now)
        }
    }

    /// Handles a failed attempt. A write that may have happened is retried only when a repetition changes nothing.
    private func fail(
        _ request: OpenRequest, _ fault: DynamoDBFault, wasRefused: Bool, _ now: ContinuousClock.Instant
    ) {
        if !wasRefused, !request.request.operation.isRead { request.mayHaveHappened = true }
        if wasRefused || request.request.operation.isIdempotent {
            retry(request, fault, now)
        } else {
            request.fail(fault)
        }
    }

    private func retry(_ request: OpenRequest, _ fault: DynamoDBFault, _ now: ContinuousClock.Instant) {
        var generator = SystemRandomNumberGenerator()
        let next = now + request.backoff.next(using: &generator)
        guard !request.isUrgent, request.attempts < settings.attempts, !request.isOverdue(at: next),
            budget.takeRetry()
        else { return request.fail(fault) }
        settings.retries.add()
        tryAgain(request, at: next)
    }

    private func changeCredentials(_ request: OpenRequest, _ now: ContinuousClock.Instant) {
        guard !request.hasChangedCredentials, let used = request.credentials else {
            return request.fail(.credentialsRefused, retryAfter: Self.operatorDelay)
        }
        credentials.refuse(used)
        request.hasChangedCredentials = true
        tryAgain(request, at: now)
    }

    /// Signs again by the server's time when a wrong clock may be why the signature was refused.
    private func correctClock(
        _ request: OpenRequest, by serverTime: Int64?, else fault: DynamoDBFault, _ now: ContinuousClock.Instant
    ) {
        guard !request.hasCorrectedClock, let serverTime,
            fault == .clockSkewed || abs(serverTime - clock.secondsSinceEpoch) > Self.harmlessSkewSeconds
        else { return request.fail(fault, retryAfter: Self.operatorDelay) }
        request.hasCorrectedClock = true
        let shift = serverTime - settings.now().secondsSinceEpoch
        clockShiftSeconds = abs(shift) > Self.harmlessSkewSeconds ? shift : 0
        tryAgain(request, at: now)
    }

    private func tryAgain(_ request: OpenRequest, at time: ContinuousClock.Instant) {
        request.notBefore = time
        delayed.append(request)
    }
}
