/// Makes a program deterministic ahead of time, where that stays small: the subset construction.
struct AutomatonBuilder: ~Copyable {
    /// The most entries of a table, of two bytes each.
    static let entryLimit = 1 << 16
    /// The most instructions visited before it gives up, which takes a few milliseconds.
    static let stepLimit = 200_000

    private let instructions: [Program.Instruction]
    private let alphabet: Alphabet
    private var closure: Closure
    private var states: [State] = []
    private var indices: [State: Int] = [:]
    private var table: [Int]

    private static let (rejected, accepted) = (0, 1)

    /// Where the program has come to behind a scalar of some kind. Assertions wait until the next scalar is known.
    private struct State: Hashable {
        let instructions: [UInt16]
        let before: Assertion.Neighbour
    }

    /// The automaton of a program; nil when it would be too large, or has lookarounds.
    static func automaton(for program: Program, alphabet: Alphabet) -> Automaton? {
        guard program.lookarounds.isEmpty else { return nil }
        var builder = AutomatonBuilder(program, alphabet)
        return builder.build()
    }

    private init(_ program: Program, _ alphabet: Alphabet) {
        instructions = program.instructions
        self.alphabet = alphabet
        closure = Closure(instructionCount: instructions.count)
        table = Array(repeating: Self.rejected, count: alphabet.count + 1)
        table += Array(repeating: Self.accepted, count: alphabet.count + 1)
    }

    private mutating func build() -> Automaton? {
        let width = alphabet.count + 1
        let start = index(of: State(instructions: [], before: .edge))
        var built = 0
        while built < states.count {
            guard (states.count + 2) * width <= Self.entryLimit, closure.stepCount <= Self.stepLimit else { return nil }
            addRow(for: states[built])
            built += 1
        }
        let hopeful = statesThatCanAccept()
        let rows = table.map { UInt16(hopeful[$0] ? $0 * width : Self.rejected) }
        return Automaton(table: rows, start: hopeful[start] ? start * width : Self.rejected, alphabet: alphabet)
    }

    private mutating func index(of state: State) -> Int {
        if let index = indices[state] { return index }
        states.append(state)
        indices[state] = states.count + 1
        return states.count + 1
    }

    private mutating func addRow(for state: State) {
        var row = Array(repeating: Self.accepted, count: alphabet.count + 1)
        for neighbour in Set(alphabet.neighbours) where !accepts(state, before: neighbour) {
            for classIndex in 0..<alphabet.count where alphabet.neighbours[classIndex] == neighbour {
                row[classIndex] = index(of: State(instructions: successors(by: classIndex), before: neighbour))
            }
        }
        if !accepts(state, before: .edge) { row[alphabet.count] = Self.rejected }
        table += row
    }

    /// Fills the closure with where the program is between a state's scalar and the next one.
    private mutating func accepts(_ state: State, before neighbour: Assertion.Neighbour) -> Bool {
        closure.fill(from: state.instructions, of: instructions) { $0.holds(between: state.before, and: neighbour) }
        return closure.accepts
    }

    private func successors(by classIndex: Int) -> [UInt16] {
        var next: [UInt16] = []
        closure.successors(by: classIndex, of: alphabet, in: instructions, into: &next)
        return next.sorted()
    }

    /// The states from which some text is accepted; the others are as good as rejected.
    private func statesThatCanAccept() -> [Bool] {
        let width = alphabet.count + 1
        var sources: [[Int]] = Array(repeating: [], count: table.count / width)
        for (entry, target) in table.enumerated() { sources[target].append(entry / width) }
        var found = Array(repeating: false, count: sources.count)
        var waiting = [Self.accepted]
        found[Self.accepted] = true
        while let state = waiting.popLast() {
            for source in sources[state] where !found[source] {
                found[source] = true
                waiting.append(source)
            }
        }
        return found
    }
}
