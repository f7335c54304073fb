/// Decides which calls may share a group and which groups have to wait for which, so that calls about one subject
/// take effect in the order in which they arrived.
///
/// Calls are placed one by one while groups are open. Within a round (the calls at hand) a call goes to a stage: one
/// above the open groups that it has to follow, and not below the closed ones. So a group only waits for groups of
/// lower stages and for those of its own stage that were closed before it, and no groups wait for each other in a
/// circle. Of earlier rounds only the groups that are not finished matter. The state belongs to the reader: no lock.
///
/// Calls are only logged as long as nothing under way could conflict with them, and found by their subject from the
/// first that could: a flood of reads costs a log entry each.
struct Precedence {
    /// Where a call belongs.
    struct Placement {
        /// The stage within this round; calls of one method and one stage may share a group.
        var stage: Int
        /// The groups that must be finished before.
        var follows: [GroupID]
    }

    /// A call, or several, of one group about one subject.
    private struct Touch {
        var group: GroupID
        var method: Int
        var footprint: Footprint
        var subject: UInt64
        /// The next older touch of the same subject, or -1.
        var next: Int32 = -1
    }

    /// A group of this round.
    private struct Member {
        var stage: Int
        var method: Int
        /// It takes no more calls.
        var isClosed = false
    }

    /// In the order of arrival.
    private var touches: [Touch] = []
    /// So many of `touches` can be found by their subject.
    private var linkedCount = 0
    private var newest: [UInt64: Int32] = [:]
    private var round: [GroupID: Member] = [:]
    private var unfinished: Set<GroupID> = []
    private var footprints: [GroupID: Footprint] = [:]
    /// What all unfinished groups read and write.
    private var underWay = Footprint()

    /// How far back a touch of the same group is looked for before a second one is noted.
    private static let recentTouches = 8
    /// Above this many touches those of finished groups are dropped.
    private static let sweepThreshold = 1 << 15
    private var nextSweep = sweepThreshold

    /// Begins a round. `unfinished` are the groups of earlier rounds that still run or wait.
    mutating func beginRound(unfinished: Set<GroupID>) {
        self.unfinished = unfinished
        round.removeAll(keepingCapacity: true)
        if !footprints.isEmpty { footprints = footprints.filter { unfinished.contains($0.key) } }
        underWay = footprints.values.reduce(into: Footprint()) { $0.formUnion($1) }
        if unfinished.isEmpty {
            forgetLinks()
            touches.removeAll(keepingCapacity: true)
        } else if touches.count > nextSweep {
            sweep()
        }
    }

    /// Where a call about `subject` belongs, given what was noted before.
    mutating func place(
        subject: UInt64, method: Int, footprint: Footprint, repeatsSubject: Bool
    ) -> Placement {
        var placement = Placement(stage: 0, follows: [])
        guard underWay.conflicts(with: footprint) else { return placement }
        linkAll()
        var newer: Int32 = -1
        var index = newest[subject] ?? -1
        while index >= 0 {
            let touch = touches[Int(index)]
            guard unfinished.contains(touch.group) else {
                unlink(after: newer, of: subject, to: touch.next)
                index = touch.next
                continue
            }
            newer = index
            index = touch.next
            guard touch.footprint.conflicts(with: footprint) else { continue }
            placement.follows.append(touch.group)
            if let group = round[touch.group] {
                let mayShareStage = group.isClosed || (repeatsSubject && group.method == method)
                placement.stage = max(placement.stage, mayShareStage ? group.stage : group.stage + 1)
            }
            // Whatever is older and matters here was already followed by this touch.
            if touch.footprint.writes.isSuperset(of: footprint.reads | footprint.writes) { break }
        }
        return placement
    }

    private mutating func unlink(after newer: Int32, of subject: UInt64, to older: Int32) {
        if newer >= 0 { touches[Int(newer)].next = older } else { newest[subject] = older }
    }

    /// Notes that a group is there to take calls at a stage.
    mutating func opened(_ group: GroupID, method: Int, footprint: Footprint, stage: Int) {
        round[group] = Member(stage: stage, method: method)
        unfinished.insert(group)
        footprints[group] = footprint
        underWay.formUnion(footprint)
    }

    /// Notes that a group takes no more calls.
    mutating func closed(_ group: GroupID) {
        round[group]?.isClosed = true
    }

    /// Notes that a call about `subject` went to `group`.
    mutating func touched(subject: UInt64, group: GroupID, method: Int, footprint: Footprint) {
        touches.append(Touch(group: group, method: method, footprint: footprint, subject: subject))
    }

    /// Sees that every touch is found by its subject.
    private mutating func linkAll() {
        while linkedCount < touches.count {
            let touch = touches[linkedCount]
            let head = newest[touch.subject] ?? -1
            if !isRecent(touch.group, from: head) {
                touches[linkedCount].next = head
                newest[touch.subject] = Int32(linkedCount)
            }
            linkedCount += 1
        }
    }

    /// Whether the group is among the newest touches of a subject, which begin at `head`.
    private func isRecent(_ group: GroupID, from head: Int32) -> Bool {
        var index = head
        for _ in 0..<Self.recentTouches where index >= 0 {
            if touches[Int(index)].group == group { return true }
            index = touches[Int(index)].next
        }
        return false
    }

    private mutating func forgetLinks() {
        if linkedCount > 0 { newest.removeAll(keepingCapacity: true) }
        linkedCount = 0
    }

    /// Drops the touches of finished groups. Those that are left are linked when they are looked for.
    private mutating func sweep() {
        var (group, isKept) = (GroupID.max, false)
        touches.removeAll { touch in
            if touch.group != group { (group, isKept) = (touch.group, unfinished.contains(touch.group)) }
            return !isKept
        }
        forgetLinks()
        nextSweep = max(Self.sweepThreshold, 2 * touches.count)
    }
}

extension UInt8 {
    fileprivate func isSuperset(of other: UInt8) -> Bool {
        other & ~self == 0
    }
}
