import JSON

/// The groups of the round that take calls still.
struct OpenGroups {
    private struct Open {
        let group: any CallGroup
        let stage: Int
        var bytes = 0
    }

    private let limits: Limits
    private let output: OutputQueue
    private let dispatcher: Dispatcher
    private var precedence = Precedence()
    /// By the index of the method; a method has few stages open at once.
    private var open: [[Open]] = []
    private var nextID: GroupID = 0

    init(limits: Limits, output: OutputQueue, dispatcher: Dispatcher) {
        self.limits = limits
        self.output = output
        self.dispatcher = dispatcher
    }

    mutating func beginRound() {
        precedence.beginRound(unfinished: dispatcher.unfinished)
    }

    /// Adds a call, whose params are valid by their schema, to the group where it belongs.
    mutating func add(
        _ params: Value, to method: GroupedMethod, index: Int, id: Value?, target: ReplyTarget, bytes: Int
    ) throws(Failure) {
        while open.count <= index { open.append([]) }
        let subject = method.subject(params)
        var placement = Precedence.Placement(stage: 0, follows: [])
        if let subject {
            placement = precedence.place(
                subject: subject, method: index, footprint: method.footprint, repeatsSubject: method.repeatsSubject)
        }
        let position = position(of: placement.stage, method, index: index)
        let group = open[index][position].group
        try group.append(params, id: id, target: target)
        for other in placement.follows where other != group.id { group.follows.insert(other) }
        if let subject {
            precedence.touched(subject: subject, group: group.id, method: index, footprint: method.footprint)
        }
        open[index][position].bytes += bytes + method.answerBytes
        if group.count >= limits.callsInGroup { submit(open[index].remove(at: position)) }
    }

    mutating func closeAll() {
        for index in open.indices where !open[index].isEmpty {
            for group in open[index] { submit(group) }
            open[index].removeAll(keepingCapacity: true)
        }
    }

    private mutating func position(of stage: Int, _ method: GroupedMethod, index: Int) -> Int {
        if let position = open[index].firstIndex(where: { $0.stage == stage }) { return position }
        nextID += 1
        dispatcher.announce(nextID)
        precedence.opened(nextID, method: index, stage: stage)
        open[index].append(Open(group: method.makeGroup(nextID, output), stage: stage))
        return open[index].count - 1
    }

    private mutating func submit(_ open: Open) {
        precedence.closed(open.group.id)
        dispatcher.submit(open.group, bytes: open.bytes)
    }
}
