import Platform

/// Runs each submitted group as soon as its predecessors are finished and its lane has room.
final class GroupScheduler: Sendable {
    private let run: @Sendable (CallGroup, GroupScheduler) -> Void
    private let over: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state: Monitor<State>
    private let limits: Limits
    private let deadlines: Deadlines

    /// `run` begins to serve a group and returns at once; it calls `finished` when the group is served.
    init(
        limits: Limits, deadlines: Deadlines,
        run: @escaping @Sendable (CallGroup, GroupScheduler) -> Void = GroupScheduler.runAsTask
    ) {
        self.run = run
        self.limits = limits
        self.deadlines = deadlines
        state = Monitor(State(groupsInLane: limits.groupsInLane))
        (over, continuation) = AsyncStream.makeStream()
    }

    /// Serves a group in an unstructured task, so that each group can be cancelled by itself.
    private static func runAsTask(_ group: CallGroup, scheduler: GroupScheduler) {
        let task = Task(priority: group.isUrgent ? .high : .medium) {
            await group.serve()
            scheduler.finished(group)
        }
        group.started(as: task)
    }

    /// Waits until every group is finished and none will be submitted any more.
    func waitUntilOver() async {
        for await _ in over {}
    }

    /// The groups that are announced and not finished.
    var unfinished: Set<GroupID> { state.withLock { $0.unfinished } }

    /// Whether no group of a lane runs.
    func isIdle(_ lane: Int) -> Bool { state.withLock { $0.isIdle(lane) } }

    /// Makes a group known before it is submitted, so that others can wait for it.
    func announce(_ group: CallGroup) {
        state.withLock { $0.announce(group) }
    }

    /// Takes over an announced group, which is complete.
    func submit(_ group: CallGroup) {
        deadlines.watch(group)
        let isReady = state.withLock { $0.submit(group) }
        if isReady { run(group, self) }
    }

    /// Notes that a group has sent its responses.
    func finished(_ group: CallGroup) {
        let (next, isOver) = state.change { state in
            let next = state.finish(group.id)
            return ((next, state.isOver), true)
        }
        deadlines.forget(group)
        for group in next { run(group, self) }
        if isOver { continuation.finish() }
    }

    /// Blocks the reader until there is room for more calls, unless calls without room are refused; false when reading
    /// is over.
    func waitForRoom() -> Bool {
        state.wait { state in
            if state.isReadingOver { return false }
            return limits.refusesWhenBusy || state.total.fits(limits) ? true : nil
        }
    }

    /// Whether there is room for one more call beside `load`, which is not yet submitted. A call that touches no
    /// resource has twice the room, so that questions about the daemon are answered while other calls are refused.
    func hasRoom(for footprint: Footprint, beside load: Load) -> Bool {
        let share = footprint.isEmpty ? 2 : 1
        let total = state.withLock { $0.total }
        let (calls, bytes) = (total.calls + load.calls, total.bytes + load.bytes)
        return Load(calls: calls / share, bytes: bytes / share).fits(limits)
    }

    /// Ends the reading. What was read already is still submitted and served.
    func stopReading() {
        state.update { $0.isReadingOver = true }
    }

    /// Notes that nothing will be submitted any more.
    func close() {
        let isOver = state.change { state in
            state.close()
            return (state.isOver, true)
        }
        if isOver { continuation.finish() }
    }
}

extension GroupScheduler {
    /// The part of the connection's bounds that one or more groups take.
    struct Load {
        var calls = 0
        /// The bytes of the requests and of their expected responses.
        var bytes = 0

        func fits(_ limits: Limits) -> Bool { calls < limits.callsInFlight && bytes < limits.bytesInFlight }
    }

    /// The unfinished groups of a connection: which run, which wait for which, and their load.
    ///
    /// Each method has a lane, in which a bounded number of groups runs at a time, so that a slow method delays only
    /// itself. Each change returns the groups that may start.
    struct State {
        private struct Entry {
            var group: CallGroup
            /// The number of unfinished predecessors, and one more until the group is submitted.
            var remaining = 1
        }

        /// The groups of one method that wait for no other group.
        private struct Lane {
            var running = 0
            /// The groups that wait for room, in the order in which they came.
            var queue: [CallGroup] = []
        }

        private let groupsInLane: Int
        /// The load of the submitted groups.
        private(set) var total = Load()
        var isReadingOver = false
        /// Whether nothing is submitted any more.
        private var isClosed = false
        /// The groups that are announced and not finished.
        private var entries: [GroupID: Entry] = [:]
        private var followers: [GroupID: [GroupID]] = [:]
        private var lanes: [Int: Lane] = [:]

        /// At most `groupsInLane` groups of each lane run at a time.
        init(groupsInLane: Int) {
            self.groupsInLane = groupsInLane
        }

        var unfinished: Set<GroupID> { Set(entries.keys) }

        /// Whether all groups are finished and none will come.
        var isOver: Bool { isClosed && entries.isEmpty }

        func isIdle(_ lane: Int) -> Bool { lanes[lane].map { $0.running == 0 } ?? true }

        mutating func announce(_ group: CallGroup) {
            entries[group.id] = Entry(group: group)
        }

        /// Takes over a complete group; true when it may start at once.
        mutating func submit(_ group: CallGroup) -> Bool {
            total.calls += group.load.calls
            total.bytes += group.load.bytes
            for other in group.predecessors where other != group.id && entries[other] != nil {
                followers[other, default: []].append(group.id)
                entries[group.id]?.remaining += 1
            }
            return release(group.id) != nil
        }

        /// Removes a finished group, and returns the groups that may start.
        mutating func finish(_ id: GroupID) -> [CallGroup] {
            guard let finished = entries.removeValue(forKey: id)?.group else { return [] }
            total.calls -= finished.load.calls
            total.bytes -= finished.load.bytes
            var ready: [CallGroup] = []
            if let next = leave(finished.lane) { ready.append(next) }
            for follower in followers.removeValue(forKey: id) ?? [] {
                if let group = release(follower) { ready.append(group) }
            }
            return ready
        }

        mutating func close() {
            isReadingOver = true
            isClosed = true
        }

        /// Removes one reason to wait from a group, and returns the group when it may start.
        private mutating func release(_ id: GroupID) -> CallGroup? {
            guard var entry = entries[id] else { return nil }
            entry.remaining -= 1
            entries[id] = entry
            return entry.remaining == 0 && enter(entry.group) ? entry.group : nil
        }

        /// Adds a group without predecessors to its lane; true when it may start at once.
        private mutating func enter(_ group: CallGroup) -> Bool {
            if lanes[group.lane, default: Lane()].running < groupsInLane {
                lanes[group.lane, default: Lane()].running += 1
                return true
            }
            lanes[group.lane]?.queue.append(group)
            return false
        }

        /// Removes a finished group from its lane, and returns the group that starts instead.
        private mutating func leave(_ lane: Int) -> CallGroup? {
            if lanes[lane]?.queue.isEmpty == false { return lanes[lane]?.queue.removeFirst() }
            lanes[lane]?.running -= 1
            return nil
        }
    }
}
