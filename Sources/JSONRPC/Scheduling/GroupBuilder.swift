import JSON

/// Collects the calls of a round in groups, and submits each group when it is full or the round ends.
struct GroupBuilder: ~Copyable {
    private let limits: Limits
    private let output: OutputQueue
    private let scheduler: GroupScheduler
    private let counters: ConnectionCounters
    private let observer: (any CallObserver)?
    private var precedence = Precedence()
    private var ids = IDsInFlight()
    /// The open groups by lane; few stages of a lane are open at once.
    private var open: [[CallGroup]] = []
    /// The load of the open groups.
    private var openLoad = GroupScheduler.Load()
    private var lastID: GroupID = 0
    /// The expected size of the responses to the round's calls.
    private(set) var awaitedBytes = 0
    /// Whether calls were in flight when the round began, or were added since.
    private(set) var hasCalls = false

    init(
        limits: Limits, output: OutputQueue, scheduler: GroupScheduler, counters: ConnectionCounters,
        observer: (any CallObserver)? = nil
    ) {
        self.observer = observer
        self.limits = limits
        self.output = output
        self.scheduler = scheduler
        self.counters = counters
    }

    /// Begins a round, and forgets the groups that are finished. Without calls it does nothing and may be left out.
    mutating func beginRound() {
        awaitedBytes = 0
        let unfinished = scheduler.unfinished
        precedence.beginRound(unfinished: unfinished)
        ids.keep(unfinished)
        hasCalls = !unfinished.isEmpty
    }

    /// Returns the group of the call that waits under `id`, and the call's number in it.
    func find(_ id: Value) -> (group: CallGroup, index: Int)? {
        ids.find(id.rawText)
    }

    /// Returns the group of the call that waits under the text of an id, and the call's number in it.
    func find(text id: [UInt8]) -> (group: CallGroup, index: Int)? {
        id.withUnsafeBufferPointer { ids.find($0) }
    }

    /// Adds a call with valid params to its group. A call whose params cannot be decoded throws, and leaves no trace.
    mutating func add(
        _ call: IncomingCall, _ params: Value, to method: Method, _ grouping: Method.Grouping, lane: Int
    ) throws(Failure) {
        if isBusy(for: method) {
            throw Failure(.busy, details: [.integer("retryAfterMs", Int64(limits.retryAfterMilliseconds))])
        }
        let group = try grouping.add(params, call.idempotencyKey, call.isForeign) {
            self.group(for: grouping.subject(params), method, grouping, lane: lane)
        }
        group.append(call)
        // No other call waits under the id, and nobody looks for a call under `null`.
        if let id = call.id, id.first != UInt8(ascii: "n") { ids.insert(id, of: group) }
        added(call, to: group, method, lane: lane)
    }

    /// Adds a call that differs from its model in its subject alone. False, and no trace, when the text names no
    /// subject, when a call waits under the id, and when there is no room for a call that could be refused.
    mutating func add(_ call: IncomingCall, like model: ModelCall, subject: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let id = call.id, !isBusy(for: model.method), let vacancy = ids.vacancy(for: id),
            let group = model.alike.add(
                model.params, subject, { self.group(for: $0, model.method, model.grouping, lane: model.lane) })
        else { return false }
        group.append(call)
        ids.fill(vacancy, by: group)
        added(call, to: group, model.method, lane: model.lane)
        return true
    }

    private func isBusy(for method: Method) -> Bool {
        limits.refusesWhenBusy && !scheduler.hasRoom(for: method.footprint, beside: openLoad)
    }

    /// Counts a call that was added, and submits its group when it is full, or when somebody waits for it.
    private mutating func added(_ call: IncomingCall, to group: CallGroup, _ method: Method, lane: Int) {
        let answerBytes = method.answerSize.bytes
        openLoad.calls += 1
        openLoad.bytes += call.bytes + answerBytes
        awaitedBytes += answerBytes
        let isFirst = method.isUrgent && group.calls.count == 1 && scheduler.isIdle(lane)
        if isFirst || limits.isFull(group) {
            open[lane].removeAll { $0 === group }
            submit(group)
        }
    }

    /// Submits the open groups: the end of the round.
    mutating func submitAll() {
        for lane in open.indices where !open[lane].isEmpty {
            for group in open[lane] { submit(group) }
            open[lane].removeAll(keepingCapacity: true)
        }
    }

    /// Returns the group to which a call about `subject` belongs.
    private mutating func group(
        for subject: UInt64?, _ method: Method, _ grouping: Method.Grouping, lane: Int
    ) -> CallGroup {
        guard let subject else { return group(at: 0, method, grouping, lane: lane) }
        let (stage, predecessors) = precedence.order(
            subject: subject, lane: lane, footprint: method.footprint, repeatsSubject: method.repeatsSubject)
        let group = group(at: stage, method, grouping, lane: lane)
        for other in predecessors where other != group.id { group.predecessors.insert(other) }
        precedence.added(subject: subject, to: group.id)
        return group
    }

    /// Returns the lane's open group at a stage, and opens one if there is none.
    private mutating func group(
        at stage: Int, _ method: Method, _ grouping: Method.Grouping, lane: Int
    ) -> CallGroup {
        while open.count <= lane { open.append([]) }
        if let group = open[lane].first(where: { $0.context.stage == stage }) { return group }
        hasCalls = true
        lastID += 1
        let group = CallGroup(
            CallGroup.Context(
                id: lastID, method: method, lane: lane, stage: stage, output: output, counters: counters,
                observer: observer),
            params: grouping.makeParams(), call: grouping.call)
        if limits.isSequential { group.predecessors.insert(lastID - 1) }
        scheduler.announce(group)
        precedence.opened(lastID, lane: lane, footprint: method.footprint, stage: stage)
        open[lane].append(group)
        return group
    }

    private mutating func submit(_ group: CallGroup) {
        precedence.closed(group.id)
        openLoad.calls -= group.load.calls
        openLoad.bytes -= group.load.bytes
        group.context.method.metrics.submitted(group.load.calls, requestBytes: group.requestBytes)
        scheduler.submit(group)
    }
}

extension Limits {
    fileprivate func isFull(_ group: CallGroup) -> Bool {
        isSequential || group.load.calls >= callsInGroup || group.load.bytes >= bytesInGroup
    }
}
