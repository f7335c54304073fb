import JSON
import JSONSchema

extension Router {
    /// Serves a call: answers it, or passes it on to its group.
    mutating func serve(_ call: Envelope, target: ReplyTarget, bytes: Int) throws(Failure) {
        let meta = if let meta = call.meta { try CallMeta(meta, limits: limits) } else { CallMeta() }
        if let id = call.id, groups.ids.find(id.rawText) != nil {
            throw Failure(.invalidRequest, reason: "duplicate_id")
        }
        guard let index = methods.index(of: call.method) else {
            if call.method.equals("$/cancelRequest") { return try cancel(call, meta) }
            let suggestion = methods.suggestion(for: call.method)
            throw Failure(.methodNotFound, details: suggestion.map { [.text("didYouMean", $0)] } ?? [])
        }
        let entry = methods.entries[index]
        let params = effectiveParams(call.params, of: entry)
        try validate(params, against: entry.schema)
        if meta.isDryRun { return try rehearse(call, params, entry, meta, target: target) }
        switch entry.method.kind {
        case .immediate(_, let write):
            tellProgress(of: call, entry, meta)
            answer(target) { writer in
                AnswerLine.result(id: call.idText, to: &writer) { write(params, &$0) }
            }
        case .grouped(let calls):
            let call = OpenGroups.Call(
                id: call.id, params: params, target: target, bytes: bytes, deadline: deadline(meta),
                workDoneToken: meta.workDoneToken)
            try groups.add(call, to: entry, calls, index: index)
        }
    }

    /// Omitted params, `{}` and, for a method that takes no arrays, `[]` mean the same.
    private func effectiveParams(_ params: Value?, of entry: MethodTable.Entry) -> Value {
        guard let params else { return noParams.root }
        guard params.kind == .array, params.count == 0 else { return params }
        if case .immediate(true, _) = entry.method.kind { return params }
        return noParams.root
    }

    private func validate(_ params: Value, against schema: Schema) throws(Failure) {
        if params.duplicateKey != nil { throw Failure.invalidParams(at: "", reason: "duplicate_key") }
        let violations = schema.validate(params, maximumViolations: limits.maximumViolations)
        if !violations.isEmpty { throw Failure(.invalidParams, violations: violations.map { ParamsViolation($0) }) }
    }

    /// The earlier of what the request asks for and what holds for all.
    private mutating func deadline(_ meta: CallMeta) -> CallDeadline? {
        let timeouts = [meta.deadlineMilliseconds, limits.requestTimeoutMilliseconds].compactMap(\.self)
        guard let timeout = timeouts.min() else { return nil }
        let arrival = arrival ?? .now
        self.arrival = arrival
        return CallDeadline(after: timeout, from: arrival)
    }

    /// A dry run: validates and authorises, asks no store, and says what the call would do.
    private mutating func rehearse(
        _ call: Envelope, _ params: Value, _ entry: MethodTable.Entry, _ meta: CallMeta, target: ReplyTarget
    ) throws(Failure) {
        var footprint = Footprint()
        if case .grouped(let calls) = entry.method.kind {
            try calls.check(params)
            footprint = entry.method.footprint
        }
        tellProgress(of: call, entry, meta)
        let resources = methods.resources
        answer(target) { writer in
            AnswerLine.result(id: call.idText, to: &writer) { entry.writePlan(footprint, resources, to: &$0) }
        }
    }

    /// Answers ahead of its group the call that waits under the id in the params. LSP 3.17 has it as a notification,
    /// which is never answered itself; so a dry run has nothing to say.
    private mutating func cancel(_ call: Envelope, _ meta: CallMeta) throws(Failure) {
        guard call.id == nil else { throw Failure(.invalidRequest, reason: "notification_only") }
        guard !meta.isDryRun, let id = call.params?["id"], let (calls, index) = groups.ids.find(id.rawText) else {
            return
        }
        calls.refuse(index, with: Failure(.requestCancelled))
    }

    /// Tells a client that asked for it of a request that is answered at once.
    private mutating func tellProgress(of call: Envelope, _ entry: MethodTable.Entry, _ meta: CallMeta) {
        guard let token = meta.workDoneToken?.rawText, call.id != nil else { return }
        notify { lines in
            ProgressLine.begin(token, title: entry.name, to: &lines)
            ProgressLine.report(token, to: &lines)
            ProgressLine.end(token, to: &lines)
        }
    }
}

extension Envelope {
    /// The id as it was written; no bytes for a notification.
    fileprivate var idText: UnsafeBufferPointer<UInt8> {
        id?.rawText ?? UnsafeBufferPointer(start: nil, count: 0)
    }
}

extension MethodTable.Entry {
    /// Appends what a call would do.
    fileprivate func writePlan(_ footprint: Footprint, _ resources: [String], to writer: inout Writer) {
        writer.object { plan in
            plan.key("dryRun")
            plan.bool(true)
            plan.key("method")
            plan.string(name)
            plan.key("would")
            plan.string(summary)
            for (key, bits) in [("reads", footprint.reads), ("writes", footprint.writes)] {
                plan.key(key)
                plan.array { list in
                    for (bit, resource) in resources.enumerated() where bits & (1 << bit) != 0 { list.string(resource) }
                }
            }
        }
    }
}
