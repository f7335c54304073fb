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
    /// itself. All groups that run share a budget of memory, and none starts while the responses that are there are not
    /// taken. The first group of a lane needs no room in the budget, for the same reason. Each change returns the
    /// groups that may start.
    struct State {
        private struct Entry {
            var group: CallGroup
            /// The number of unfinished predecessors, and one more until the group is submitted.
            var remaining = 1
            /// What the group takes of the budget while it runs.
            var bytesRunning = 0
        }

        /// The groups of one method that wait for no other group.
        private struct Lane {
            var running = 0
            /// The group that began to run last; nil when none runs.
            var last: CallGroup?
            /// The groups that wait for room, in the order in which they came.
            var queue: [CallGroup] = []
        }

        private let limits: Limits
        /// The load of the submitted groups.
        private(set) var total = Load()
        /// The budget that is taken: the bytes of the requests that are served, and of their expected responses.
        private(set) var bytesRunning = 0
        var isReadingOver = false
        /// The lone call that began to run last; nil when it is finished.
        private(set) var loneCall: CallGroup?
        /// Whether nothing is submitted any more.
        private var isClosed = false
        /// The groups that are announced and not finished.
        private var entries: [GroupID: Entry] = [:]
        private var followers: [GroupID: [GroupID]] = [:]
        private var lanes: [Int: Lane] = [:]
        /// The lanes in which groups wait for room.
        private var waitingLanes: Set<Int> = []

        init(limits: Limits) {
            self.limits = limits
        }

        var unfinished: Set<GroupID> { Set(entries.keys) }

        /// Whether all groups are finished and none will come.
        var isOver: Bool { isClosed && entries.isEmpty }

        /// The unfinished groups whose calls are all of another protocol and only read.
        var foreignReads: [CallGroup] { entries.values.lazy.map(\.group).filter(\.isForeignRead) }

        /// Whether no group of a lane runs, except for one whose responses are written: its client may have sent the
        /// next call before that group is finished.
        func isIdle(_ lane: Int) -> Bool {
            guard let lane = lanes[lane], lane.running > 0 else { return true }
            return lane.running == 1 && lane.queue.isEmpty && lane.last?.isAnswered == true
        }

        mutating func announce(_ group: CallGroup) {
            entries[group.id] = Entry(group: group)
        }

        /// Takes over a complete group.
        mutating func submit(_ group: CallGroup, _ room: OutputQueue.Room) -> [CallGroup] {
            total.calls += group.load.calls
            total.bytes += group.load.bytes
            for other in group.predecessors where other != group.id && entries[other] != nil {
                followers[other, default: []].append(group.id)
                entries[group.id]?.remaining += 1
            }
            release(group.id)
            return start(room)
        }

        /// Removes a finished group.
        mutating func finish(_ id: GroupID, _ room: OutputQueue.Room) -> [CallGroup] {
            guard let entry = entries.removeValue(forKey: id) else { return [] }
            if loneCall?.id == id { loneCall = nil }
            total.calls -= entry.group.load.calls
            total.bytes -= entry.group.load.bytes
            bytesRunning -= entry.bytesRunning
            lanes[entry.group.lane]?.running -= 1
            if lanes[entry.group.lane]?.running == 0 { lanes[entry.group.lane]?.last = nil }
            for follower in followers.removeValue(forKey: id) ?? [] { release(follower) }
            return start(room)
        }

        mutating func close() {
            isReadingOver = true
            isClosed = true
        }

        /// Starts the groups that there is room for.
        mutating func start(_ room: OutputQueue.Room) -> [CallGroup] {
            if room == .full || waitingLanes.isEmpty { return [] }
            var started: [CallGroup] = []
            for lane in waitingLanes.sorted() {
                while let group = lanes[lane]?.queue.first, mayStart(group, room) {
                    start(group)
                    started.append(group)
                }
            }
            return started
        }

        private func mayStart(_ group: CallGroup, _ room: OutputQueue.Room) -> Bool {
            guard let running = lanes[group.lane]?.running, running < limits.groupsInLane else { return false }
            return running == 0 || room == .free && bytesRunning + group.bytesWhileRunning <= limits.bytesRunning
        }

        private mutating func start(_ group: CallGroup) {
            let bytes = group.bytesWhileRunning
            bytesRunning += bytes
            entries[group.id]?.bytesRunning = bytes
            lanes[group.lane]?.running += 1
            lanes[group.lane]?.last = group
            if group.isLone { loneCall = group }
            lanes[group.lane]?.queue.removeFirst()
            if lanes[group.lane]?.queue.isEmpty == true { waitingLanes.remove(group.lane) }
        }

        /// Removes one reason to wait from a group. One without any waits for room in its lane.
        private mutating func release(_ id: GroupID) {
            guard var entry = entries[id] else { return }
            entry.remaining -= 1
            entries[id] = entry
            guard entry.remaining == 0 else { return }
            lanes[entry.group.lane, default: Lane()].queue.append(entry.group)
            waitingLanes.insert(entry.group.lane)
        }
    }
}
