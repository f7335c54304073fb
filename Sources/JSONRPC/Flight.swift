/// The groups that are under way on one connection: which run, which wait for which, and how much they take.
///
/// A pure state, changed under one lock; each change returns what has to be done next.
struct Flight<Group> {
    /// What a group, or all of them, takes of the connection's bounds.
    struct Load {
        var calls = 0
        /// What its requests took and its answers are expected to take.
        var bytes = 0
    }

    private struct Waiting {
        var group: Group
        var remaining: Int
    }

    private(set) var total = Load()
    /// No more is to be read: at the end of the input, or because the daemon was told to stop.
    private(set) var isStopped = false
    /// No more is submitted.
    private(set) var isClosed = false
    private var loads: [GroupID: Load] = [:]
    private var waiting: [GroupID: Waiting] = [:]
    private var followers: [GroupID: [GroupID]] = [:]

    /// The groups that are announced and not finished.
    var unfinished: Set<GroupID> { Set(loads.keys) }

    /// Nothing is under way and nothing will come.
    var isOver: Bool { isClosed && loads.isEmpty }

    /// Makes a group known before it is submitted, so that others can follow it.
    mutating func announce(_ id: GroupID) {
        loads[id] = Load()
    }

    /// Takes over a group that is complete; true when it can run at once.
    mutating func submit(_ id: GroupID, _ group: Group, load: Load, follows: Set<GroupID>) -> Bool {
        loads[id] = load
        total.calls += load.calls
        total.bytes += load.bytes
        var remaining = 0
        for other in follows where other != id && loads[other] != nil {
            followers[other, default: []].append(id)
            remaining += 1
        }
        if remaining == 0 { return true }
        waiting[id] = Waiting(group: group, remaining: remaining)
        return false
    }

    /// Strikes a group off; the groups that can run now.
    mutating func finish(_ id: GroupID) -> [Group] {
        guard let load = loads.removeValue(forKey: id) else { return [] }
        total.calls -= load.calls
        total.bytes -= load.bytes
        var ready: [Group] = []
        for follower in followers.removeValue(forKey: id) ?? [] {
            waiting[follower]?.remaining -= 1
            if waiting[follower]?.remaining == 0, let next = waiting.removeValue(forKey: follower) {
                ready.append(next.group)
            }
        }
        return ready
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
