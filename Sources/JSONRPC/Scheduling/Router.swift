import JSON

/// Turns lines into calls: answers a call at once, or adds it to its group. Only the reader's thread uses it.
///
/// A line passes four types until its group runs: `Router`, `GroupBuilder`, `GroupScheduler` and `CallGroup`.
struct Router: ~Copyable {
    private(set) var methods: MethodTable
    /// Where the methods come from when they are not there yet; nil once they are.
    private(set) var awaited: AwaitedMethods?
    /// Whether the start has failed, so that nothing is answered.
    private var isOver = false
    /// What calls are answered with after a start that has failed.
    private(set) var refusal: Failure?
    /// Calls of the foreign protocol that came before the methods.
    var early: [EarlyCall] = []
    let foreign: (any ForeignProtocol)?
    let limits: Limits
    private let counters: ConnectionCounters
    let output: OutputQueue
    private let scheduler: GroupScheduler
    private let ordered: OrderedResponses?
    var groups: GroupBuilder
    private var parser: Parser
    /// The params of calls that have none.
    let noParams: Document
    /// When the round's requests arrived; nil until a call has a deadline.
    var arrival: RoundArrival?
    /// The responses of calls that need no group.
    var direct = Writer()
    /// The size of the round's responses that needed no group.
    private var answeredBytes = 0
    /// Whether the line before belonged to a header of LSP's framing, which is refused once.
    private var isInHeader = false
    /// Counts what needs no group.
    var notes: MessageNotes
    /// The method of the last call, because neighbours mostly call the same.
    private var lastIndex = 0
    /// The line that is being served.
    private(set) var line = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// The call that the next one is probably like.
    var model: ModelCall?
    /// The next slot of `ordered`.
    var nextSlot = 0

    init(
        methods: MethodTable, awaited: AwaitedMethods? = nil, foreign: (any ForeignProtocol)? = nil, limits: Limits,
        output: OutputQueue, scheduler: GroupScheduler, counters: ConnectionCounters, isOrdered: Bool,
        observer: (any CallObserver)? = nil
    ) {
        self.methods = methods
        self.awaited = awaited
        self.foreign = foreign
        self.limits = limits
        self.output = output
        self.scheduler = scheduler
        self.counters = counters
        notes = MessageNotes(methods: methods, isEarly: awaited != nil, limits: limits, observer: observer)
        ordered = isOrdered ? OrderedResponses(output: output) : nil
        parser = Parser(
            limits: Parser.Limits(
                maximumDepth: limits.maximumDepth, maximumNumberLength: limits.maximumNumberBytes))
        groups = GroupBuilder(
            limits: limits, output: output, scheduler: scheduler, counters: counters, observer: observer)
        guard let empty = try? Document("{}".utf8) else { preconditionFailure("an empty object is JSON") }
        noParams = empty
    }

    /// Begins a round: the lines that are at hand.
    mutating func beginRound() {
        answeredBytes = 0
        arrival = nil
        if groups.hasCalls { groups.beginRound() }
    }

    /// Whether the round's responses fill the output, those to come included. The round must then end at once.
    var isRoundFull: Bool { answeredBytes + groups.awaitedBytes >= limits.outputBytes }

    /// Ends a round that is full, and begins another when there is room; in the middle of a batch, `owner` writes its
    /// line.
    mutating func beginNextRound(amid owner: AnyObject? = nil) {
        endRound()
        output.waitForRoom(amid: owner)
        // What was read is served in any case, so the result does not matter.
        _ = scheduler.waitForRoom()
        beginRound()
    }

    /// Submits the groups of the round, and sends the responses that are ready.
    mutating func endRound() {
        if groups.hasCalls { groups.submitAll() }
        notes.count()
        output.append(direct.take())
    }

    /// Serves one line, which is valid only during the call; false when the line is neither JSON nor blank.
    mutating func serve(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        if serveAlike(line) {
            isInHeader = false
            return true
        }
        self.line = line
        do throws(SyntaxError) {
            let value = try parser.parse(line)
            isInHeader = false
            if value.kind == .array { serveBatch(value) } else { serve(value, target: nextTarget(), bytes: line.count) }
        } catch {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                isInHeader = false
                return true
            }
            let isHeader = ContentHeader.begins(line, at: error.offset)
            if !isHeader || !isInHeader { refuse(Failure(error, isHeader: isHeader), bytes: line.count) }
            isInHeader = isHeader
            return false
        }
        return true
    }

    /// Refuses a line that was too long to be kept.
    mutating func refuseTooLong() {
        let limit = Failure.Detail.integer("limit", Int64(limits.maximumLineBytes))
        refuse(Failure(.lineTooLong, details: [limit]), bytes: 0)
    }

    private mutating func serveBatch(_ batch: Value) {
        guard batch.count > 0 else { return refuse(Failure(.emptyBatch), bytes: 2) }
        guard batch.count <= limits.maximumBatchItems else {
            let details: [Failure.Detail] = [
                .integer("limit", Int64(limits.maximumBatchItems)), .integer("got", Int64(batch.count)),
            ]
            return refuse(
                Failure(.batchTooLarge, details: details), bytes: batch.rawText.count)
        }
        let response = BatchResponse(
            count: batch.count, target: nextTarget(), output: output, partBytes: limits.outputBytes / 4)
        for (slot, item) in batch.elements.enumerated() {
            serve(item, target: .slot(response, slot), bytes: item.rawText.count)
            if isRoundFull { beginNextRound(amid: ordered ?? response) }
        }
    }

    mutating func nextTarget() -> ResponseTarget {
        defer { nextSlot += 1 }
        return upcomingTarget
    }

    /// What `nextTarget` will return.
    var upcomingTarget: ResponseTarget { ordered.map { .slot($0, nextSlot) } ?? .output }

    /// Serves one message, whose request has a size of `bytes`.
    mutating func serve(_ message: Value, target: ResponseTarget, bytes: Int) {
        switch Envelope.classify(message, limits: limits) {
        case .call(let call):
            var target = target
            if call.id == nil {
                target.send(nil, by: output)
                target = .discarded
                counters.countNotification()
            }
            do throws(Failure) {
                try serve(call, target: target, bytes: bytes)
            } catch {
                notes.refused(error, call, bytes: bytes)
                answer(target, isError: true) { $0.response(to: call.id, error) }
            }
        case .extended(let call):
            if serveForeign(call, target: call.id == nil ? .discarded : target) {
                if call.id == nil { target.send(nil, by: output) }
                return
            }
            let failure = Failure(.unknownMember)
            notes.refused(failure, call, bytes: bytes)
            answer(target, isError: true) { $0.response(to: call.id, failure) }
        case .response:
            counters.countResponse()
            target.send(nil, by: output)
            if let foreign { perform(foreign.take(response: message)) }
        case .invalid(let failure, let id):
            notes.refused(failure, nil, bytes: bytes)
            answer(target, isError: true) { $0.response(to: id, failure) }
        }
    }

    /// Serves a call: answers it, or adds it to its group.
    private mutating func serve(_ call: Envelope, target: ResponseTarget, bytes: Int) throws(Failure) {
        let meta = if let meta = call.meta { try CallMeta(meta, limits: limits) } else { CallMeta() }
        if groups.hasCalls, let id = call.id, groups.find(id) != nil {
            throw Failure(.duplicateID)
        }
        guard let index = methods.index(of: call.method, likely: lastIndex) else {
            if call.method.equals("$/cancelRequest") { return try cancel(call, meta) }
            if serveForeign(call, target: target) { return }
            if awaitMethods() { return try serve(call, target: target, bytes: bytes) }
            if let refusal { throw refusal }
            let suggestion = methods.suggestion(for: call.method)
            throw Failure(.methodNotFound, details: suggestion.map { [.text("didYouMean", $0)] } ?? [])
        }
        let isRepeated = index == lastIndex
        lastIndex = index
        let entry = methods.entries[index]
        let params = entry.params(call.params, or: noParams.root)
        try entry.validate(params, maximumViolations: limits.maximumViolations)
        if !entry.method.takesKeys { try meta.requireNoKey() }
        if meta.isDryRun {
            try rehearse(call, params, entry, meta, target: target)
            return notes.answered(entry, meta.trace, bytes: bytes, responseBytes: 0)
        }
        switch entry.method.service {
        case .immediate(_, let write):
            tellProgress(of: call, entry, meta, target: target)
            notes.begin(entry)
            let bytesBefore = answeredBytes
            answer(target) { $0.response(to: call.idText) { write(params, &$0) } }
            notes.answered(entry, meta.trace, bytes: bytes, responseBytes: answeredBytes - bytesBefore)
        case .grouped(let grouping):
            let incoming = IncomingCall(
                id: call.id?.rawText, target: target, bytes: bytes, deadline: deadline(meta.deadlineMilliseconds),
                workDoneToken: meta.workDoneToken, idempotencyKey: meta.idempotencyKey, trace: meta.trace,
                isForeign: target.isForeign)
            try groups.add(incoming, params, to: entry.method, grouping, lane: index)
            if isRepeated, call.meta == nil { learn(call, params, entry.method, grouping, lane: index) }
        }
    }

    /// Answers the call whose id is in the params ahead of its group. LSP 3.17 defines a notification, which is never
    /// answered itself; so a dry run does nothing.
    private mutating func cancel(_ call: Envelope, _ meta: CallMeta) throws(Failure) {
        guard call.id == nil else { throw Failure(.notificationOnly) }
        guard groups.hasCalls, !meta.isDryRun, let id = call.params?["id"], let (group, index) = groups.find(id) else {
            return
        }
        group.refuse(index, with: Failure(.requestCancelled))
    }

    /// Refuses a line whose id is unknown.
    private mutating func refuse(_ failure: Failure, bytes: Int) {
        notes.refused(failure, nil, bytes: bytes)
        answer(nextTarget(), isError: true) { $0.response(to: nil, failure) }
    }

    /// Answers without a group. Inlined, because the text of a ping's answer is short.
    @inline(__always)
    mutating func answer(
        _ target: ResponseTarget, isError: Bool = false, _ write: (inout Writer) -> Void
    ) {
        if awaited != nil { _ = awaitMethods() }
        if !isOver { send(to: target, isError: isError, write) }
    }

    /// Waits for the methods if they are not there yet; false when there is nothing to wait for.
    mutating func awaitMethods() -> Bool {
        guard let awaited else { return false }
        self.awaited = nil
        // What is ready leaves before the wait.
        output.append(direct.take())
        guard let methods = awaited.wait() else {
            refusal = awaited.refusal
            isOver = refusal == nil
            serveEarly()
            return false
        }
        self.methods = methods
        notes.methods = methods
        serveEarly()
        return true
    }

    /// Sends a response that needs no group and no methods.
    @inline(__always)
    mutating func send(to target: ResponseTarget, isError: Bool, _ write: (inout Writer) -> Void) {
        switch target {
        case .output:
            let start = direct.count
            write(&direct)
            direct.raw("\n")
            answeredBytes += direct.count - start
            if direct.count > limits.readBytes { output.append(direct.take()) }
        case .slot(let slots, let slot):
            var response = Writer()
            write(&response)
            answeredBytes += response.count
            slots.fill(slot, with: response.take(), isLast: true)
        case .discarded:
            return
        }
        if isError { counters.countError() }
    }
}
