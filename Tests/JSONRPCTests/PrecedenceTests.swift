import Seeds
import Testing

@testable import JSONRPC

@Suite("Precedence")
struct PrecedenceTests {
    /// Methods on three bases that read, write, and in part may repeat a subject in a group.
    private static let methods: [PrecedencePlan.Method] = [
        .init(footprint: Footprint(writes: 1)),
        .init(footprint: Footprint(reads: 1)),
        .init(footprint: Footprint(writes: 1), repeatsSubject: true),
        .init(footprint: Footprint(reads: 2), repeatsSubject: true),
        .init(footprint: Footprint(reads: 2, writes: 2), repeatsSubject: true),
        .init(footprint: Footprint(reads: 7, writes: 6)),
        .init(footprint: Footprint(reads: 4, writes: 2), repeatsSubject: true),
        .init(footprint: Footprint(writes: 4)),
    ]

    @Test(
        "conflicting calls about one subject keep their order, and no groups wait for each other in a circle",
        arguments: 0..<40)
    func keepsOrder(batch: UInt64) {
        for seed in batch * 20..<batch * 20 + 20 {
            var random = SeededGenerator(seed: seed)
            var methods = Self.methods.shuffled(using: &random)
            methods.removeLast(Int.random(in: 0...5, using: &random))
            var plan = PrecedencePlan(methods: methods, callsInGroup: Int.random(in: 1...6, using: &random))
            let subjects = UInt64.random(in: 1...6, using: &random)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                plan.beginRound(finishing: Int.random(in: 0...10, using: &random), using: &random)
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    plan.add(
                        subject: UInt64.random(in: 0..<subjects, using: &random),
                        method: Int.random(in: methods.indices, using: &random))
                }
                plan.endRound()
            }
            #expect(plan.firstDisorder() == nil, "seed \(seed)")
            #expect(plan.stuckGroups() == 0, "seed \(seed)")
        }
    }

    @Test("a call that waits for a full group does not join a group for which the full group waits")
    func followsFullGroups() {
        let write = PrecedencePlan.Method(footprint: Footprint(writes: 1))
        var plan = PrecedencePlan(methods: [write, write, write], callsInGroup: 2)
        var random = SeededGenerator(seed: 0)
        plan.beginRound(finishing: 0, using: &random)
        plan.add(subject: 1, method: 0)
        plan.add(subject: 2, method: 1)
        // These two fill a group that waits for both of the open ones above.
        plan.add(subject: 1, method: 2)
        plan.add(subject: 2, method: 2)
        plan.add(subject: 2, method: 0)
        plan.endRound()
        #expect(plan.firstDisorder() == nil)
        #expect(plan.stuckGroups() == 0)
    }

    @Test("reads of one subject share a group, and writes of many subjects do")
    func sharesGroups() {
        let methods: [PrecedencePlan.Method] = [
            .init(footprint: Footprint(reads: 1)), .init(footprint: Footprint(writes: 1)),
        ]
        var plan = PrecedencePlan(methods: methods, callsInGroup: 100)
        var random = SeededGenerator(seed: 0)
        plan.beginRound(finishing: 0, using: &random)
        for _ in 0..<100 { plan.add(subject: 1, method: 0) }
        for subject in 100..<200 { plan.add(subject: UInt64(subject), method: 1) }
        #expect(plan.groupCount == 2)
    }

    @Test("writes of one subject share a group only where the method repeats subjects")
    func repeatsSubjects() {
        let methods: [PrecedencePlan.Method] = [
            .init(footprint: Footprint(writes: 1)), .init(footprint: Footprint(writes: 2), repeatsSubject: true),
        ]
        var plan = PrecedencePlan(methods: methods, callsInGroup: 100)
        var random = SeededGenerator(seed: 0)
        plan.beginRound(finishing: 0, using: &random)
        for _ in 0..<10 { plan.add(subject: 1, method: 0) }
        #expect(plan.groupCount == 10)
        for _ in 0..<10 { plan.add(subject: 1, method: 1) }
        #expect(plan.groupCount == 11)
    }

    @Test("no call waits for a finished group")
    func forgetsFinishedGroups() {
        var precedence = Precedence()
        let write = Footprint(writes: 1)
        precedence.beginRound(unfinished: [])
        precedence.opened(1, lane: 0, footprint: write, stage: 0)
        precedence.added(subject: 7, to: 1)
        precedence.closed(1)
        precedence.beginRound(unfinished: [1])
        let during = precedence.order(subject: 7, lane: 0, footprint: write, repeatsSubject: false)
        #expect(during.predecessors == [1])
        precedence.beginRound(unfinished: [2])
        let after = precedence.order(subject: 7, lane: 0, footprint: write, repeatsSubject: false)
        #expect(after.predecessors.isEmpty && after.stage == 0)
    }

    @Test("memory stays bounded while one slow group stays in flight for many rounds")
    func sweeps() {
        var precedence = Precedence()
        let write = Footprint(writes: 1)
        precedence.beginRound(unfinished: [])
        precedence.opened(1, lane: 0, footprint: write, stage: 0)
        precedence.added(subject: 0, to: 1)
        var largest = 0
        for group in UInt64(2)..<302 {
            // Only the first group and the group of the last round are unfinished.
            precedence.beginRound(unfinished: [1, group - 1])
            precedence.opened(group, lane: 0, footprint: write, stage: 0)
            for index in UInt64(0)..<1000 {
                let subject = group * 1000 + index
                _ = precedence.order(subject: subject, lane: 0, footprint: write, repeatsSubject: false)
                precedence.added(subject: subject, to: group)
            }
            precedence.closed(group)
            largest = max(largest, precedence.accessCount)
        }
        #expect(largest <= (1 << 15) + 2000)
        let first = precedence.order(subject: 0, lane: 0, footprint: write, repeatsSubject: false)
        let last = precedence.order(subject: 301_999, lane: 0, footprint: write, repeatsSubject: false)
        let swept = precedence.order(subject: 2000, lane: 0, footprint: write, repeatsSubject: false)
        #expect(first.predecessors == [1] && last.predecessors == [301] && swept.predecessors.isEmpty)
    }
}

extension Precedence {
    /// The number of accesses that are kept. Only this test needs it.
    fileprivate var accessCount: Int {
        Mirror(reflecting: self).children.first { $0.label == "accesses" }
            .map { Mirror(reflecting: $0.value).children.count } ?? .max
    }
}
