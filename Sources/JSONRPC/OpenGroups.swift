import JSON

/// The groups of the round that take calls still.
struct OpenGroups: ~Copyable {
    /// A call on its way to its group: views into the line.
    struct Call {
        var id: Value?
        var params: Value
        var target: ReplyTarget
        /// What the request takes.
        var bytes: Int
        var deadline: CallDeadline?
        var workDoneToken: Value?
    }

    private struct Open {
        let group: any CallGroup
        let stage: Int
        var bytes = 0
    }

    private let limits: Limits
    private let output: OutputQueue
    private let dispatcher: Dispatcher
    private let tally: Tally
    private var precedence = Precedence()
    /// By the index of the method; a method has few stages open at once.
    private var open: [[Open]] = []
    /// What the open groups take.
    private var openLoad = Flight<any CallGroup>.Load()
    /// What the answers of the round's calls are expected to take.
    private(set) var awaitedBytes = 0
    private var nextID: GroupID = 0
    /// The ids under which calls wait.
    private(set) var ids = IDsInFlight()

    init(limits: Limits, output: OutputQueue, dispatcher: Dispatcher, tally: Tally) {
        self.limits = limits
        self.output = output
        self.dispatcher = dispatcher
        self.tally = tally
    }

    mutating func beginRound() {
        awaitedBytes = 0
        let unfinished = dispatcher.unfinished
        precedence.beginRound(unfinished: unfinished)
        ids.keep(unfinished)
    }

    /// Adds a call, whose params are valid by their schema, to the group where it belongs.
    mutating func add(
        _ call: Call, to entry: MethodTable.Entry, _ calls: Method.GroupedCalls, index: Int
    ) throws(Failure) {
        let method = entry.method
        if limits.refusesWhenBusy, !dispatcher.hasRoom(for: method.footprint, beside: openLoad) {
            throw Failure(.busy, details: [.integer("retryAfterMs", Int64(limits.retryAfterMilliseconds))])
        }
        while open.count <= index { open.append([]) }
        let subject = calls.subject(call.params)
        var placement = Precedence.Placement(stage: 0, follows: [])
        if let subject {
            placement = precedence.place(
                subject: subject, method: index, footprint: method.footprint, repeatsSubject: method.repeatsSubject)
        }
        let position = position(of: placement.stage, method, calls, index: index)
        let group = open[index][position].group
        try group.append(call.params)
        group.calls.append(id: call.id, target: call.target, deadline: call.deadline, token: call.workDoneToken)
        if let id = call.id, !id.isNull { ids.insert(id.rawText, of: group.id, group.calls) }
        for other in placement.follows where other != group.id { group.follows.insert(other) }
        if let subject {
            precedence.touched(subject: subject, group: group.id, method: index, footprint: method.footprint)
        }
        let bytes = call.bytes + method.answerBytes
        open[index][position].bytes += bytes
        openLoad.calls += 1
        openLoad.bytes += bytes
        awaitedBytes += method.answerBytes
        let isFirst = method.isUrgent && group.calls.count == 1 && dispatcher.isIdle(index)
        if isFirst || group.calls.count >= limits.callsInGroup(of: method) { submit(open[index].remove(at: position)) }
    }

    mutating func closeAll() {
        for index in open.indices where !open[index].isEmpty {
            for group in open[index] { submit(group) }
            open[index].removeAll(keepingCapacity: true)
        }
    }

    private mutating func position(
        of stage: Int, _ method: Method, _ typed: Method.GroupedCalls, index: Int
    ) -> Int {
        if let position = open[index].firstIndex(where: { $0.stage == stage }) { return position }
        nextID += 1
        dispatcher.announce(nextID)
        precedence.opened(nextID, method: index, footprint: method.footprint, stage: stage)
        let calls = PendingCalls(method: method.name, output: output, tally: tally)
        open[index].append(Open(group: typed.makeGroup(method, nextID, index, calls), stage: stage))
        return open[index].count - 1
    }

    private mutating func submit(_ open: Open) {
        precedence.closed(open.group.id)
        openLoad.calls -= open.group.calls.count
        openLoad.bytes -= open.bytes
        dispatcher.submit(open.group, bytes: open.bytes)
    }
}

extension Limits {
    fileprivate func callsInGroup(of method: Method) -> Int {
        min(callsInGroup, max(1, answerBytesInGroup / method.answerBytes))
    }
}
