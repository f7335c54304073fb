import Seeds

@testable import JSONRPC

/// Groups calls by `Precedence` as the reader does, and remembers enough to check the outcome against what is asked.
struct PrecedencePlan {
    struct Method {
        var footprint: Footprint
        var repeatsSubject = false
    }

    private struct Call {
        var subject: UInt64
        var method: Int
        var group: GroupID
        /// What was finished when the call was placed.
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
    private var follows: [GroupID: Set<GroupID>] = [:]
    private var finished: Set<GroupID> = []
    private var open: [[OpenGroup]]

    init(methods: [Method], callsInGroup: Int) {
        self.methods = methods
        self.callsInGroup = callsInGroup
        open = Array(repeating: [], count: methods.count)
    }

    var groupCount: Int { follows.count }

    /// Finishes up to `count` groups that are free to run, chosen at random, and begins a round.
    mutating func beginRound(finishing count: Int, using random: inout SeededGenerator) {
        for _ in 0..<count {
            let free = follows.filter { !finished.contains($0.key) && $0.value.isSubset(of: finished) }
            guard let next = free.keys.sorted().randomElement(using: &random) else { break }
            finished.insert(next)
        }
        precedence.beginRound(unfinished: Set(follows.keys).subtracting(finished))
    }

    mutating func add(subject: UInt64, method index: Int) {
        let method = methods[index]
        let placement = precedence.place(
            subject: subject, method: index, footprint: method.footprint, repeatsSubject: method.repeatsSubject)
        let position = position(of: placement.stage, method: index)
        let group = open[index][position].id
        follows[group, default: []].formUnion(placement.follows.filter { $0 != group })
        precedence.touched(subject: subject, group: group, method: index, footprint: method.footprint)
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
        let id = GroupID(follows.count + 1)
        follows[id] = []
        precedence.opened(id, method: method, footprint: methods[method].footprint, stage: stage)
        open[method].append(OpenGroup(id: id, stage: stage))
        return open[method].count - 1
    }

    /// The indices of two calls of which the order shows and is not kept.
    func firstDisorder() -> (earlier: Int, later: Int)? {
        var ancestors: [GroupID: Set<GroupID>] = [:]
        for group in follows.keys { ancestors[group] = self.ancestors(of: group) }
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

    /// How many groups can never run, however long the others take.
    func stuckGroups() -> Int {
        var done = finished
        while true {
            let next = follows.filter { !done.contains($0.key) && $0.value.isSubset(of: done) }
            if next.isEmpty { return follows.count - done.count }
            done.formUnion(next.keys)
        }
    }

    private func ancestors(of group: GroupID) -> Set<GroupID> {
        var found: Set<GroupID> = []
        var waiting = [group]
        while let next = waiting.popLast() {
            for other in follows[next] ?? [] where found.insert(other).inserted { waiting.append(other) }
        }
        return found
    }
}
