import Seeds

@testable import JSONRPC

/// Groups calls by `Precedence` as `GroupBuilder` does, and remembers enough to check the order of the calls.
struct PrecedencePlan {
    struct Method {
        var footprint: Footprint
        var repeatsSubject = false
    }

    private struct Call {
        var subject: UInt64
        var method: Int
        var group: GroupID
        /// The groups that were finished when the call was added.
        var finishedBefore: Set<GroupID>
    }

    private struct OpenGroup {
        var id: GroupID
        var stage: Int
        var count = 0
    }

    private let methods: [Method]
    private let callsInGroup: Int
    private var precedence = Precedence()
    private var calls: [Call] = []
    private var allPredecessors: [GroupID: Set<GroupID>] = [:]
    private var finished: Set<GroupID> = []
    private var open: [[OpenGroup]]

    init(methods: [Method], callsInGroup: Int) {
        self.methods = methods
        self.callsInGroup = callsInGroup
        open = Array(repeating: [], count: methods.count)
    }

    var groupCount: Int { allPredecessors.count }

    /// Finishes up to `count` groups that are free to run, chosen at random, and begins a round.
    mutating func beginRound(finishing count: Int, using random: inout SeededGenerator) {
        for _ in 0..<count {
            let free = allPredecessors.filter { !finished.contains($0.key) && $0.value.isSubset(of: finished) }
            guard let next = free.keys.sorted().randomElement(using: &random) else { break }
            finished.insert(next)
        }
        precedence.beginRound(unfinished: Set(allPredecessors.keys).subtracting(finished))
    }

    mutating func add(subject: UInt64, method index: Int) {
        let method = methods[index]
        let (stage, predecessors) = precedence.order(
            subject: subject, lane: index, footprint: method.footprint, repeatsSubject: method.repeatsSubject)
        let position = position(of: stage, method: index)
        let group = open[index][position].id
        allPredecessors[group, default: []].formUnion(predecessors.filter { $0 != group })
        precedence.added(subject: subject, to: group)
        calls.append(Call(subject: subject, method: index, group: group, finishedBefore: finished))
        open[index][position].count += 1
        if open[index][position].count >= callsInGroup { precedence.closed(open[index].remove(at: position).id) }
    }

    mutating func endRound() {
        for group in open.joined() { precedence.closed(group.id) }
        open = Array(repeating: [], count: methods.count)
    }

    private mutating func position(of stage: Int, method: Int) -> Int {
        if let position = open[method].firstIndex(where: { $0.stage == stage }) { return position }
        let id = GroupID(allPredecessors.count + 1)
        allPredecessors[id] = []
        precedence.opened(id, lane: method, footprint: methods[method].footprint, stage: stage)
        open[method].append(OpenGroup(id: id, stage: stage))
        return open[method].count - 1
    }

    /// Returns the indices of two calls whose order matters and is not kept.
    func firstDisorder() -> (earlier: Int, later: Int)? {
        var ancestors: [GroupID: Set<GroupID>] = [:]
        for group in allPredecessors.keys { ancestors[group] = self.ancestors(of: group) }
        for (index, later) in calls.enumerated() {
            let before = ancestors[later.group] ?? []
            for earlierIndex in 0..<index where calls[earlierIndex].subject == later.subject {
                let earlier = calls[earlierIndex]
                guard methods[earlier.method].footprint.conflicts(with: methods[later.method].footprint) else {
                    continue
                }
                if earlier.group == later.group {
                    if !methods[later.method].repeatsSubject { return (earlierIndex, index) }
                } else if !before.contains(earlier.group), !later.finishedBefore.contains(earlier.group) {
                    return (earlierIndex, index)
                }
            }
        }
        return nil
    }

    /// Counts the groups that can never run, however long the others take.
    func stuckGroups() -> Int {
        var done = finished
        while true {
            let next = allPredecessors.filter { !done.contains($0.key) && $0.value.isSubset(of: done) }
            if next.isEmpty { return allPredecessors.count - done.count }
            done.formUnion(next.keys)
        }
    }

    private func ancestors(of group: GroupID) -> Set<GroupID> {
        var found: Set<GroupID> = []
        var waiting = [group]
        while let next = waiting.popLast() {
            for other in allPredecessors[next] ?? [] where found.insert(other).inserted { waiting.append(other) }
        }
        return found
    }
}
