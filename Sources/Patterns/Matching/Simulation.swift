/// Runs a program over a text by tracking all reachable states, in time linear in the text.
struct Simulation: Sendable {
    /// The largest program, in instructions. Each instruction may be visited once for each scalar.
    static let instructionLimit = 3000

    let program: Program
    let alphabet: Alphabet

    func matches(_ text: UTF8Text, stepCount: inout Int) -> Bool {
        var marks: [PositionSet] = []
        for lookaround in program.lookarounds {
            var found = PositionSet(count: text.bytes.count + 1)
            run(lookaround.instructions, over: text, backwards: lookaround.isAhead, marks, &stepCount) {
                found.insert($0)
                return true
            }
            marks.append(found)
        }
        var isFound = false
        run(program.instructions, over: text, backwards: false, marks, &stepCount) { _ in
            isFound = true
            return false
        }
        return isFound
    }

    /// Starts the instructions at every position of a text, and calls `onMatch` for each position at which they accept.
    ///
    /// The run stops when `onMatch` returns false.
    private func run(
        _ instructions: [Program.Instruction], over text: UTF8Text, backwards: Bool, _ marks: [PositionSet],
        _ stepCount: inout Int, onMatch: (Int) -> Bool
    ) {
        var closure = EpsilonClosure(instructionCount: instructions.count)
        var next: [UInt16] = []
        var position = backwards ? text.bytes.count : 0
        var passed: Assertion.Neighbour = .edge
        while true {
            let start = position
            let classIndex = takeClass(of: text, at: &position, backwards: backwards)
            let coming = classIndex.map { alphabet.neighbours[$0] } ?? .edge
            let (before, after) = backwards ? (coming, passed) : (passed, coming)
            closure.fill(from: next, of: instructions) { assertion in
                if case .lookaround(let index, let isNegated) = assertion {
                    return marks[Int(index)].contains(start) != isNegated
                }
                return assertion.holds(between: before, and: after)
            }
            if closure.accepts, !onMatch(start) { break }
            guard let classIndex else { break }
            closure.successors(by: classIndex, of: alphabet, in: instructions, into: &next)
            passed = coming
        }
        stepCount += closure.stepCount
    }

    private func takeClass(of text: UTF8Text, at position: inout Int, backwards: Bool) -> Int? {
        guard position != (backwards ? 0 : text.bytes.count) else { return nil }
        return alphabet.classIndex(
            of: backwards ? text.takeScalar(before: &position) : text.takeScalar(after: &position))
    }
}

/// The positions of a text at which the body of a lookaround matches, one bit for each byte.
private struct PositionSet {
    private var words: [UInt64]

    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ position: Int) {
        words[position / 64] |= 1 << (position % 64)
    }

    func contains(_ position: Int) -> Bool {
        words[position / 64] >> (position % 64) & 1 == 1
    }
}
