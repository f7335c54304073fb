import Bureau
import Repositories
import Testing

@Suite("The rules of migration")
struct MigrationPlanTests {
    private static let steps = ["0001_a", "0002_b", "0003_c"].map {
        MigrationStep(name: $0, up: "", down: "", checksum: "sum of \($0)")
    }

    private static func row(_ name: String, _ checksum: String? = nil) -> AppliedStep {
        AppliedStep(name: name, checksum: checksum ?? "sum of \(name)", appliedAt: .first)
    }

    private static func plan(_ applied: [AppliedStep]) -> MigrationPlan {
        MigrationPlan(steps: steps, applied: applied)
    }

    @Test(
        "a schema is current when each step is applied from its file, and the first flaw is named otherwise",
        arguments: [
            ([row("0001_a"), row("0002_b"), row("0003_c")], .current),
            ([row("0003_c"), row("0001_a"), row("0002_b")], .current),
            ([], .behind(step: "0001_a")),
            ([row("0001_a")], .behind(step: "0002_b")),
            ([row("0001_a"), row("0003_c")], .behind(step: "0002_b")),
            ([row("0001_a"), row("0002_b", "other")], .drifted(step: "0002_b")),
            ([row("0001_a"), row("0002_b"), row("0003_c"), row("0004_d")], .newer(step: "0004_d")),
            ([row("0001_x"), row("0001_a"), row("0002_b"), row("0003_c")], .newer(step: "0001_x")),
            ([row("0004_d"), row("0003_c", "other"), row("0001_a")], .drifted(step: "0003_c")),
            ([row("0004_d"), row("0001_a")], .newer(step: "0004_d")),
        ] as [([AppliedStep], MigrationPlan.Verdict)])
    func verdict(applied: [AppliedStep], verdict: MigrationPlan.Verdict) {
        #expect(Self.plan(applied).verdict == verdict)
    }

    @Test("a program without steps and a store without steps fit each other")
    func empty() throws {
        let plan = MigrationPlan(steps: [], applied: [])
        #expect(plan.verdict == .current)
        #expect(plan.states.isEmpty)
        #expect(try plan.stepsUp(nil, of: .a).isEmpty)
        #expect(try plan.stepsDown(9, of: .a).isEmpty)
    }

    @Test("the states list the program's steps in order, and then those that only the store has")
    func states() {
        let applied = [Self.row("0009_z"), Self.row("0002_b", "other"), Self.row("0001_a"), Self.row("0000_y")]
        let states = Self.plan(applied).states
        #expect(states.map(\.name) == ["0001_a", "0002_b", "0003_c", "0009_z", "0000_y"])
        #expect(states.map(\.appliedAt) == [.first, .first, nil, .first, .first])
        #expect(states.map(\.hasDrifted) == [false, true, false, false, false])
        #expect(states.map(\.isKnown) == [true, true, true, false, false])
    }

    @Test("a step before an applied one is applied next, and counts as missing")
    func gap() throws {
        let plan = Self.plan([Self.row("0003_c"), Self.row("0001_a")])
        #expect(try plan.stepsUp(nil, of: .b).map(\.name) == ["0002_b"])
        #expect(try plan.stepsDown(9, of: .b).map(\.name) == ["0003_c", "0001_a"])
        #expect(plan.appliedCount == 2)
    }

    @Test("no step may run on a schema that has drifted or is newer", arguments: [nil, 0, 1, 9] as [Int?])
    func refused(count: Int?) {
        let drifted = Self.plan([Self.row("0001_a", "other")])
        #expect(throws: MigrationError.drifted(.c, step: "0001_a")) { try drifted.stepsUp(count, of: .c) }
        #expect(throws: MigrationError.drifted(.c, step: "0001_a")) { try drifted.stepsDown(count ?? 1, of: .c) }
        let newer = Self.plan([Self.row("0001_a"), Self.row("0004_d")])
        #expect(throws: MigrationError.unknownStep(.a, step: "0004_d")) { try newer.stepsUp(count, of: .a) }
        #expect(throws: MigrationError.unknownStep(.a, step: "0004_d")) { try newer.stepsDown(count ?? 1, of: .a) }
    }

    /// Each step is missing, applied or drifted, or the step of a newer program is there: every store that there can
    /// be.
    private static let stores: [[AppliedStep]] = steps.reduce([[], [row("0004_d")]]) { stores, step in
        stores.flatMap { [$0, $0 + [row(step.name)], $0 + [row(step.name, "other")]] }
    }

    @Test("every store has one verdict, which its states explain", arguments: stores)
    func verdictOfAny(applied: [AppliedStep]) {
        let plan = Self.plan(applied)
        let states = plan.states
        #expect(Set(states.map(\.name)) == Set(Self.steps.map(\.name) + applied.map(\.name)))
        switch plan.verdict {
        case .current:
            #expect(applied == Self.steps.map { Self.row($0.name) })
            #expect(plan.appliedCount == Self.steps.count)
        case .behind(let step):
            #expect(states.first { $0.appliedAt == nil }?.name == step)
            #expect(states.allSatisfy { $0.isKnown && !$0.hasDrifted })
            #expect(plan.appliedCount < Self.steps.count)
        case .drifted(let step):
            #expect(states.first(where: \.hasDrifted)?.name == step)
        case .newer(let step):
            #expect(applied.contains { $0.name == step } && !Self.steps.contains { $0.name == step })
            #expect(states.allSatisfy { !$0.hasDrifted })
        }
    }

    @Test("steps up make any store current, one at a time or all at once, and steps down empty it", arguments: stores)
    func upAndDown(applied: [AppliedStep]) throws {
        switch Self.plan(applied).verdict {
        case .drifted, .newer: return
        case .current, .behind: break
        }
        let missing = try Self.plan(applied).stepsUp(nil, of: .a)
        var store = applied
        for expected in missing {
            let next = try Self.plan(store).stepsUp(1, of: .a)
            #expect(next == [expected])
            store += next.map { Self.row($0.name) }
        }
        #expect(Self.plan(store).verdict == .current)
        #expect(try Self.plan(store).stepsUp(nil, of: .a).isEmpty)
        let down = try Self.plan(store).stepsDown(.max, of: .a)
        #expect(down == Self.steps.reversed())
        while let last = try Self.plan(store).stepsDown(1, of: .a).first {
            #expect(last.name == store.map(\.name).max())
            store.removeAll { $0.name == last.name }
        }
        #expect(store.isEmpty)
    }

    @Test("as many steps run as are asked for and are there", arguments: -2...5)
    func counts(count: Int) throws {
        let fresh = Self.plan([])
        let full = Self.plan(Self.steps.map { Self.row($0.name) })
        let expected = min(max(0, count), 3)
        let up = try fresh.stepsUp(count, of: .a)
        #expect(up == Array(Self.steps.prefix(expected)))
        let down = try full.stepsDown(count, of: .a)
        #expect(down == Array(Self.steps.reversed().prefix(expected)))
        #expect(try full.stepsUp(count, of: .a).isEmpty)
        #expect(try fresh.stepsDown(count, of: .a).isEmpty)
    }
}
