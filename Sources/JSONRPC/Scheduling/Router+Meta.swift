import JSON

/// What the member `meta` of a call asks for: a deadline, a dry run, progress.
extension Router {
    /// Returns the earlier of the request's own deadline and the one for all requests.
    mutating func deadline(_ milliseconds: Int?) -> CallDeadline? {
        guard var timeout = milliseconds ?? limits.requestTimeoutMilliseconds else { return nil }
        if let limit = limits.requestTimeoutMilliseconds { timeout = min(timeout, limit) }
        let arrival = arrival ?? RoundArrival()
        self.arrival = arrival
        return CallDeadline(arrival: arrival, timeoutMilliseconds: timeout)
    }

    /// Validates and authorises a dry run, asks no store, and answers with what the call would do.
    mutating func rehearse(
        _ call: Envelope, _ params: Value, _ entry: MethodTable.Entry, _ meta: CallMeta, target: ResponseTarget
    ) throws(Failure) {
        if case .grouped(let grouping) = entry.method.service { try grouping.check(params, meta.idempotencyKey) }
        tellProgress(of: call, entry, meta, target: target)
        let resources = methods.resources
        answer(target) { $0.response(to: call.idText) { entry.writePlan(resources: resources, to: &$0) } }
    }

    /// Tells the client the whole progress of a call that is answered at once, if it asked.
    mutating func tellProgress(
        of call: Envelope, _ entry: MethodTable.Entry, _ meta: CallMeta, target: ResponseTarget
    ) {
        guard let token = meta.workDoneToken?.rawText, call.id != nil else { return }
        var lines = Writer()
        for stage in [.begin(title: entry.name), .report, .end] as [ProgressStage] {
            lines.progress(stage, token: token, target.progressForm)
        }
        output.append(direct.take())
        output.append(lines.take())
    }
}
