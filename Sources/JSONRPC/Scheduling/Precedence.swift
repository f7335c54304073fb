/// Decides which calls may share a group and which groups wait for which, so that calls about one subject take effect
/// in the order of their arrival.
///
/// Within a round (the lines at hand) each call gets a stage. Its stage is higher than the stage of every open group
/// that must run first, and not lower than that of a closed one. A group waits only for groups of lower stages, and for
/// groups of its own stage that were closed before it: so groups never wait in a circle. Of earlier rounds only
/// unfinished groups matter.
///
/// Calls are only logged at first; the first possible conflict starts the index by subject. So each call of a flood of
/// reads costs one log entry. The reader alone uses the state.
struct Precedence {
    /// The calls of one group about one subject.
    private struct Access {
        var group: GroupID
        var subject: UInt64
        /// The next older access to the same subject, or -1.
        var next: Int32 = -1
    }

    /// An unfinished group.
    private struct Group {
        var lane: Int
        var footprint: Footprint
        /// Nil for a group of an earlier round.
        var stage: Int?
        /// Whether the group takes no more calls.
        var isClosed = false
    }

    private var groups: [GroupID: Group] = [:]
    /// What all unfinished groups read and write.
    private var footprintInFlight = Footprint()
    /// In the order of arrival.
    private var accesses: [Access] = []
    /// How many of `accesses` are indexed by subject.
    private var linkedCount = 0
    /// The newest indexed access to each subject.
    private var newest: [UInt64: Int32] = [:]

    /// How many accesses are searched for one of the same group before a second one is indexed.
    private static let recentAccesses = 8
    /// The number of accesses above which those of finished groups are dropped.
    private static let sweepThreshold = 1 << 15
    private var nextSweep = sweepThreshold

    /// Begins a round. `unfinished` are the groups of earlier rounds that run or wait.
    mutating func beginRound(unfinished: Set<GroupID>) {
        var earlier: [GroupID: Group] = [:]
        footprintInFlight = Footprint()
        for id in unfinished {
            guard var group = groups[id] else { continue }
            group.stage = nil
            earlier[id] = group
            footprintInFlight.formUnion(group.footprint)
        }
        groups = earlier
        if unfinished.isEmpty {
            forgetLinks()
            accesses.removeAll(keepingCapacity: true)
        } else if accesses.count > nextSweep {
            sweep()
        }
    }

    /// Orders a call about `subject` after the calls that were added before. Returns its stage within the round, and
    /// the groups that must be finished before it runs; calls of one lane and one stage may share a group.
    mutating func order(
        subject: UInt64, lane: Int, footprint: Footprint, repeatsSubject: Bool
    ) -> (stage: Int, predecessors: [GroupID]) {
        guard footprintInFlight.conflicts(with: footprint) else { return (0, []) }
        linkAll()
        var (callStage, predecessors) = (0, [GroupID]())
        var newer: Int32 = -1
        var index = newest[subject] ?? -1
        while index >= 0 {
            let access = accesses[Int(index)]
            guard let group = groups[access.group] else {
                index = access.next
                if newer >= 0 { accesses[Int(newer)].next = index } else { newest[subject] = index }
                continue
            }
            newer = index
            index = access.next
            guard group.footprint.conflicts(with: footprint) else { continue }
            predecessors.append(access.group)
            if let stage = group.stage {
                let mayShareStage = group.isClosed || (repeatsSubject && group.lane == lane)
                callStage = max(callStage, mayShareStage ? stage : stage + 1)
            }
            // This group already waits for all older accesses with which the call conflicts.
            if group.footprint.covers(footprint) { break }
        }
        return (callStage, predecessors)
    }

    /// Notes that a group takes calls at a stage.
    mutating func opened(_ id: GroupID, lane: Int, footprint: Footprint, stage: Int) {
        groups[id] = Group(lane: lane, footprint: footprint, stage: stage)
        footprintInFlight.formUnion(footprint)
    }

    /// Notes that a group takes no more calls.
    mutating func closed(_ id: GroupID) {
        groups[id]?.isClosed = true
    }

    /// Notes that a call about `subject` was added to a group.
    mutating func added(subject: UInt64, to id: GroupID) {
        accesses.append(Access(group: id, subject: subject))
    }

    /// Indexes every access by its subject.
    private mutating func linkAll() {
        while linkedCount < accesses.count {
            let access = accesses[linkedCount]
            let head = newest[access.subject] ?? -1
            if !isRecent(access.group, from: head) {
                accesses[linkedCount].next = head
                newest[access.subject] = Int32(linkedCount)
            }
            linkedCount += 1
        }
    }

    /// Whether the group is among the newest accesses to a subject, which begin at `head`.
    private func isRecent(_ group: GroupID, from head: Int32) -> Bool {
        var index = head
        for _ in 0..<Self.recentAccesses where index >= 0 {
            if accesses[Int(index)].group == group { return true }
            index = accesses[Int(index)].next
        }
        return false
    }

    private mutating func forgetLinks() {
        if linkedCount > 0 { newest.removeAll(keepingCapacity: true) }
        linkedCount = 0
    }

    /// Drops the accesses of finished groups. The others are indexed again when needed.
    private mutating func sweep() {
        var (group, isKept) = (GroupID.max, false)
        accesses.removeAll { access in
            if access.group != group { (group, isKept) = (access.group, groups[access.group] != nil) }
            return !isKept
        }
        forgetLinks()
        nextSweep = max(Self.sweepThreshold, 2 * accesses.count)
    }
}
