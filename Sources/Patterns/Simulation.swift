/// Runs a program over a text with all its states at once: time linear in the text, whatever the program.
struct Simulation: Sendable {
    /// The most instructions of a program that is run so: each may be visited once for each scalar of a text.
    static let instructionLimit = 3000

    let program: Program
    let alphabet: Alphabet

    func matches(_ text: UTF8Text, stepCount: inout Int) -> Bool {
        var marks: [PlaceMarks] = []
        for lookaround in program.lookarounds {
            var found = PlaceMarks(count: text.bytes.count + 1)
            run(lookaround.instructions, over: text, backwards: lookaround.isAhead, marks, &stepCount) { place in
                found.insert(place)
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

    /// Starts the instructions at every place of a text, and tells of each place at which they accept until it is told
    /// to stop.
    private func run(
        _ instructions: [Program.Instruction], over text: UTF8Text, backwards: Bool, _ marks: [PlaceMarks],
        _ stepCount: inout Int, goesOn: (Int) -> Bool
    ) {
        var closure = Closure(instructionCount: instructions.count)
        var next: [UInt16] = []
        var place = backwards ? text.bytes.count : 0
        var passed: Assertion.Neighbour = .edge
        while true {
            let start = place
            let classIndex = takeClass(of: text, at: &place, backwards: backwards)
            let coming = classIndex.map { alphabet.neighbours[$0] } ?? .edge
            let (before, after) = backwards ? (coming, passed) : (passed, coming)
            closure.fill(from: next, of: instructions) { assertion in
                if case .lookaround(let index, let isNegated) = assertion {
                    return marks[Int(index)].contains(start) != isNegated
                }
                return assertion.holds(between: before, and: after)
            }
            if closure.accepts, !goesOn(start) { break }
            guard let classIndex else { break }
            closure.successors(by: classIndex, of: alphabet, in: instructions, into: &next)
            passed = coming
        }
        stepCount += closure.stepCount
    }

    private func takeClass(of text: UTF8Text, at place: inout Int, backwards: Bool) -> Int? {
        guard place != (backwards ? 0 : text.bytes.count) else { return nil }
        return alphabet.classIndex(
            of: backwards ? text.takeScalar(before: &place) : text.takeScalar(after: &place))
    }
}
