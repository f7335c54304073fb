/// The groups that are under way on one connection: which run, which wait for which, and how much they take.
///
/// Each method has a lane, in which so many groups run at a time: a slow one holds up nothing but itself. A pure state,
/// changed under one lock; each change returns what has to be done next.
struct Flight<Group> {
    /// What a group, or all of them, takes of the connection's bounds.
    struct Load {
        var calls = 0
        /// What its requests took, and its answers are expected to take.
        var bytes = 0
    }

    private struct Entry {
        var group: Group
        var lane: Int
        var load: Load
        /// How many groups it has to wait for.
        var remaining: Int
    }

    /// The groups of one method that wait for no other.
    private struct Lane {
        var running = 0
        /// In the order in which they became free to run; those before `next` have been started.
        var queue: [GroupID] = []
        var next = 0
    }

    private let groupsInLane: Int
    private(set) var total = Load()
    /// No more is to be read: at the end of the input, or because the daemon was told to stop.
    private(set) var isStopped = false
    /// No more is submitted.
    private(set) var isClosed = false
    /// The groups that are announced and not finished; nil before they are submitted.
    private var entries: [GroupID: Entry?] = [:]
    private var followers: [GroupID: [GroupID]] = [:]
    private var lanes: [Int: Lane] = [:]

    /// Of each lane at most `groupsInLane` run at a time.
    init(groupsInLane: Int) {
        self.groupsInLane = groupsInLane
    }

    /// The groups that are announced and not finished.
    var unfinished: Set<GroupID> { Set(entries.keys) }

    /// Nothing is under way and nothing will come.
    var isOver: Bool { isClosed && entries.isEmpty }

    /// Whether no group of a lane runs.
    func isIdle(_ lane: Int) -> Bool { lanes[lane].map { $0.running == 0 } ?? true }

    /// Makes a group known before it is submitted, so that others can follow it.
    mutating func announce(_ id: GroupID) {
        entries[id] = .some(nil)
    }

    /// Takes over a group that is complete; true when it can run at once.
    mutating func submit(_ id: GroupID, _ group: Group, lane: Int, load: Load, follows: Set<GroupID>) -> Bool {
        total.calls += load.calls
        total.bytes += load.bytes
        var remaining = 0
        for other in follows where other != id && entries[other] != nil {
            followers[other, default: []].append(id)
            remaining += 1
        }
        entries[id] = Entry(group: group, lane: lane, load: load, remaining: remaining)
        return remaining == 0 && enter(id, lane)
    }

    /// Strikes a group off, which has run; the groups that can run now.
    mutating func finish(_ id: GroupID) -> [Group] {
        guard let finished = entries.removeValue(forKey: id) ?? nil else { return [] }
        total.calls -= finished.load.calls
        total.bytes -= finished.load.bytes
        var ready: [GroupID] = []
        if let next = leave(finished.lane) { ready.append(next) }
        for follower in followers.removeValue(forKey: id) ?? [] {
            guard var entry = entries[follower] ?? nil else { continue }
            entry.remaining -= 1
            entries[follower] = entry
            if entry.remaining == 0, enter(follower, entry.lane) { ready.append(follower) }
        }
        return ready.compactMap { entries[$0]??.group }
    }

    /// Lets a group that waits for no other into its lane; true when it can run at once.
    private mutating func enter(_ id: GroupID, _ number: Int) -> Bool {
        var lane = lanes.removeValue(forKey: number) ?? Lane()
        defer { lanes[number] = lane }
        if lane.running == groupsInLane {
            lane.queue.append(id)
            return false
        }
        lane.running += 1
        return true
    }

    /// Makes a running group's place free; the group that takes it.
    private mutating func leave(_ number: Int) -> GroupID? {
        guard var lane = lanes.removeValue(forKey: number) else { return nil }
        defer { lanes[number] = lane }
        guard lane.next < lane.queue.count else {
            lane.running -= 1
            lane.queue.removeAll(keepingCapacity: true)
            lane.next = 0
            return nil
        }
        lane.next += 1
        return lane.queue[lane.next - 1]
    }

    /// Notes that no more is to be read. What was read just before may still be submitted.
    mutating func stop() {
        isStopped = true
    }

    mutating func close() {
        isStopped = true
        isClosed = true
    }
}
