import Bureau
import CCurl
import Repositories

extension DriverLoop {
    func start(_ request: OpenRequest, _ credentials: Credentials, _ now: Int64) {
        guard let transfer = makeTransfer(), let headers = headers(request.request, credentials) else {
            return failToStart(request, now)
        }
        let deadline = request.deadline ?? now + settings.callMilliseconds
        request.deadline = deadline
        request.attempts += 1
        request.startedAt = now
        request.credentials = credentials
        transfer.prepare(
            url: settings.address.endpoint + "/", headers: headers,
            timeoutMilliseconds: deadline - now,
            maySendAgain: request.request.operation.isIdempotent)
        if clockShiftSeconds == 0 { transfer.sign(settings.address, credentials) } else { transfer.signNothing() }
        transfer.setBody(request.request.body)
        guard multi.add(transfer) else {
            idle.append(transfer)
            return failToStart(request, now)
        }
        running[ObjectIdentifier(transfer)] = request
    }

    private func failToStart(_ request: OpenRequest, _ now: Int64) {
        circuit.noteFailure(startedAt: now, at: now, isProbe: request.isProbe)
        request.fail(.unreachable)
    }

    /// Sends the probe when it is due. Nobody waits for its outcome; what it says of the endpoint counts.
    func probe(_ now: Int64) {
        guard case .ready(let credentials) = credentials.state(at: now, clock: clock), circuit.takeProbe(at: now) else {
            return
        }
        let submission = Submission(
            requests: [settings.probe], isUrgent: true, cancellation: Cancellation(), completion: { _ in })
        let request = OpenRequest(0, of: submission, OpenSubmission(submission), at: now)
        request.deadline = now + settings.healthMilliseconds
        request.isProbe = true
        start(request, credentials, now)
    }

    private func headers(_ request: APIRequest, _ credentials: Credentials) -> [String]? {
        var headers = [
            "Content-Type: application/x-amz-json-1.0", "X-Amz-Target: \(request.operation.target)",
        ]
        if let token = credentials.sessionToken { headers.append("X-Amz-Security-Token: \(token)") }
        guard clockShiftSeconds != 0 else { return headers }
        headers.append("X-Amz-Date: \(clock.basicText)")
        guard
            let authorization = ShiftedSignature.authorization(
                settings, credentials, headers: headers, body: request.body)
        else { return nil }
        return headers + [authorization]
    }

    /// Settles what has ended or has it tried again; false when nothing has ended.
    func finishTransfers() -> Bool {
        var isAnyEnded = false
        while let (transfer, code) = multi.nextEnded() {
            isAnyEnded = true
            multi.remove(transfer)
            let now = MonotonicClock.milliseconds()
            if transfer === metadataTransfer {
                finishMetadata(transfer, code, now)
            } else if let request = running.removeValue(forKey: ObjectIdentifier(transfer)) {
                finish(request, transfer, code, now)
                idle.append(transfer)
            }
        }
        return isAnyEnded
    }

    /// Gives up what is on the way to an endpoint that has said nothing at all for the time of a request. One that
    /// answers others is slow, and has the whole time of a call.
    func abandonUnanswered(_ now: Int64) {
        let limit = now - settings.requestMilliseconds
        guard lastAnswer <= limit else { return }
        for (id, request) in running where request.startedAt <= limit {
            guard let transfer = transfers[id] else { continue }
            running[id] = nil
            multi.remove(transfer)
            finish(request, transfer, CURLE_OPERATION_TIMEDOUT, now)
            idle.append(transfer)
        }
    }

    private func finish(_ request: OpenRequest, _ transfer: Transfer, _ code: CURLcode, _ now: Int64) {
        guard code == CURLE_OK else { return finish(request, failed: transfer, code, now) }
        circuit.noteAnswer(at: now)
        lastAnswer = now
        inFlight.note(startedAt: request.startedAt, endedAt: now)
        let status = transfer.status
        let serverTime = status == 200 ? nil : transfer.serverTime
        let body = transfer.takeAnswer()
        guard status != 200 else {
            budget.noteSuccess()
            return request.settle(.answered(body))
        }
        switch ErrorResponse(status: status, body: body) {
        case .conditionFailed:
            request.settle(.conditionFailed(body))
        case .throttled:
            inFlight.note(startedAt: request.startedAt, endedAt: now, wasRefused: true)
            retry(request, .throttled, now)
        case .serverFailed(let isRefusal):
            fail(request, .serverFailed, wasRefused: isRefusal, now)
        case .credentialsExpired:
            changeCredentials(request, now)
        case .clockSkewed:
            correctClock(request, by: serverTime, else: .clockSkewed, now)
        case .fault(.credentialsRefused):
            correctClock(request, by: serverTime, else: .credentialsRefused, now)
        case .fault(let fault):
            request.fail(fault, retryAfterMilliseconds: 5000)
        }
    }

    private func finish(_ request: OpenRequest, failed transfer: Transfer, _ code: CURLcode, _ now: Int64) {
        circuit.noteFailure(startedAt: request.startedAt, at: now, isProbe: request.isProbe)
        inFlight.note(startedAt: request.startedAt, endedAt: now, wasRefused: true)
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            request.fail(.untrusted, retryAfterMilliseconds: 5000)
        case CURLE_WRITE_ERROR:
            fail(request, .unreadable, wasRefused: false, now)
        default:
            let wasSent = transfer.sendings > 0
            fail(request, wasSent ? .unanswered : .unreachable, wasRefused: !wasSent, now)
        }
    }

    /// An attempt has failed. What may have been done is done again only when twice is as good as once.
    private func fail(_ request: OpenRequest, _ fault: DynamoDBFault, wasRefused: Bool, _ now: Int64) {
        if !wasRefused { request.mayHaveHappened = true }
        if wasRefused || request.request.operation.isIdempotent {
            retry(request, fault, now)
        } else {
            request.fail(fault)
        }
    }

    private func retry(_ request: OpenRequest, _ fault: DynamoDBFault, _ now: Int64) {
        var generator = SystemRandomNumberGenerator()
        let pause = backoff.milliseconds(afterFailures: request.attempts, using: &generator)
        guard !request.isUrgent, request.attempts < settings.attempts, !request.isOverdue(at: now + pause),
            budget.takeRetry()
        else { return request.fail(fault) }
        request.notBefore = now + pause
        delayed.append(request)
    }

    private func changeCredentials(_ request: OpenRequest, _ now: Int64) {
        guard !request.hasChangedCredentials, let used = request.credentials, credentials.refuse(used) else {
            return request.fail(.credentialsRefused, retryAfterMilliseconds: 5000)
        }
        request.hasChangedCredentials = true
        tryAgain(request, now)
    }

    /// A signature was refused. When the server's clock is far from the one that was used, that may be why.
    private func correctClock(
        _ request: OpenRequest, by serverTime: Int64?, else fault: DynamoDBFault, _ now: Int64
    ) {
        guard !request.hasCorrectedClock, let serverTime,
            fault == .clockSkewed || abs(serverTime - clock.seconds) > Self.harmlessSkewSeconds
        else { return request.fail(fault, retryAfterMilliseconds: 5000) }
        request.hasCorrectedClock = true
        let shift = serverTime - settings.now().seconds
        clockShiftSeconds = abs(shift) > Self.harmlessSkewSeconds ? shift : 0
        tryAgain(request, now)
    }

    private func tryAgain(_ request: OpenRequest, _ now: Int64) {
        request.notBefore = now
        delayed.append(request)
    }

    /// AWS takes signatures up to five minutes old.
    private static let harmlessSkewSeconds: Int64 = 60
}

extension Instant {
    fileprivate var seconds: Int64 { microsecondsSinceEpoch / 1_000_000 }

    /// ISO 8601's basic form to the second, `20261120T000000Z`.
    fileprivate var basicText: String {
        Instant(secondsSinceEpoch: seconds).text.filter { $0 != "-" && $0 != ":" }
    }
}
