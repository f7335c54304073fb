import JSON

/// The messages of another protocol.
extension Router {
    /// Hands a call to the other protocol; false when there is none, or it does not know the method.
    mutating func serveForeign(_ call: Envelope, target: ResponseTarget) -> Bool {
        guard let foreign else { return false }
        var isInBatch = false
        if case .slot(let slots, _) = target { isInBatch = slots is BatchResponse }
        let reply = ForeignReply(target: target, id: Array(call.idText))
        let message = ForeignCall(
            id: call.id, method: call.method, params: call.params, isInBatch: isInBatch, reply: reply)
        guard let acts = foreign.take(message) else { return false }
        awaited?.noteForeignMessage()
        perform(acts)
        return true
    }

    /// Ends what the other protocol has open, because no more is read.
    mutating func finish() {
        awaited?.noteEnd()
        if !early.isEmpty { takeMethods() }
        guard let foreign else { return }
        perform(foreign.finish())
        endRound()
    }

    mutating func perform(_ acts: [ForeignAct]) {
        for act in acts {
            switch act {
            case .answer(let reply, let response, let isError): answer(reply.target, isError: isError, response)
            case .forget(let reply): reply.target.send(nil, by: output)
            case .send(let message): output.append(message + [UInt8(ascii: "\n")])
            case .conclude(let message): answer(nextTarget(), isError: false, message)
            case .call(let request): serve(EarlyCall(request: request))
            case .rehearse(let request, let next): serve(EarlyCall(request: request, next: next))
            case .count(let method, let kind): notes.refused(method, kind)
            case .cancel(let id): cancel(id)
            }
        }
    }

    /// The most calls that are kept until the methods are there.
    private static let maximumEarly = 64

    /// Serves the calls that came before the methods.
    mutating func serveEarly() {
        let calls = early
        early = []
        for call in calls { serve(call) }
    }

    /// Takes the methods, and serves what waits for them.
    mutating func takeMethods() {
        beginRound()
        _ = awaitMethods()
        endRound()
    }

    /// Serves or rehearses a call, later if the methods are not there yet.
    private mutating func serve(_ call: EarlyCall) {
        if let awaited, !awaited.isSettled, early.count < Self.maximumEarly { return early.append(call) }
        let request = call.request
        let target = ResponseTarget.slot(ForeignResponse(request, output: output), 0)
        guard let document = try? Document(request.text) else {
            return send(to: target, isError: true) { $0.response(to: nil, Failure(.internalError)) }
        }
        defer { withExtendedLifetime(document) {} }
        guard let next = call.next, case .call(let envelope) = Envelope.classify(document.root, limits: limits) else {
            return serve(document.root, target: target, bytes: request.text.count)
        }
        if let refusal = refusal(of: envelope, bytes: request.text.count) {
            return send(to: target, isError: true) { $0.response(to: envelope.id, refusal) }
        }
        perform(next())
    }

    /// Validates and authorises a call that is not to run yet; nil when it may run.
    private mutating func refusal(of call: Envelope, bytes: Int) -> Failure? {
        do throws(Failure) {
            try check(call)
            return nil
        } catch {
            notes.refused(error, call, bytes: bytes)
            return error
        }
    }

    private mutating func check(_ call: Envelope) throws(Failure) {
        guard let index = methods.index(of: call.method) else {
            if awaitMethods() { return try check(call) }
            throw refusal ?? Failure(.methodNotFound)
        }
        let entry = methods.entries[index]
        let params = entry.params(call.params, or: noParams.root)
        try entry.validate(params, maximumViolations: limits.maximumViolations)
        if case .grouped(let grouping) = entry.method.service { try grouping.check(params, nil) }
    }

    /// Ends the call that waits under an id. A foreign one gets no answer; a plain request always has one.
    private mutating func cancel(_ id: [UInt8]) {
        if let index = early.firstIndex(where: { $0.request.reply.id == id }) {
            return early.remove(at: index).request.reply.target.send(nil, by: output)
        }
        guard groups.hasCalls, let (group, index) = groups.find(text: id) else { return }
        let isForeign = group.calls.target(of: index).isForeign
        group.refuse(index, with: isForeign ? nil : Failure(.requestCancelled))
    }

    private mutating func answer(_ target: ResponseTarget, isError: Bool, _ response: [UInt8]) {
        send(to: target, isError: isError) { writer in response.withUnsafeBufferPointer { writer.raw($0) } }
    }
}

/// A call of another protocol that may have to wait for the methods.
struct EarlyCall {
    let request: ForeignRequest
    /// What is done when the call is valid, which is then not served; nil to serve it.
    var next: (@Sendable () -> [ForeignAct])?
}
