/// A deterministic automaton, which takes one table look-up for each scalar.
struct Automaton: Sendable {
    /// A row for each state: the successor for each class of scalars, and the successor at the end of the text.
    ///
    /// A state is identified by the index of its row. The first two states reject and accept.
    fileprivate let table: [UInt16]
    fileprivate let start: Int
    fileprivate let alphabet: Alphabet

    func matches(_ text: UTF8Text, stepCount: inout Int) -> Bool {
        let endClass = alphabet.count
        let accepted = endClass + 1
        var state = start
        var position = 0
        while state > accepted, position < text.bytes.count {
            let classIndex = alphabet.classIndex(of: text.takeScalar(after: &position))
            state = Int(table[state + classIndex])
            stepCount += 1
        }
        if state > accepted { state = Int(table[state + endClass]) }
        return state == accepted
    }
}

/// Builds an automaton from a program by subset construction, within limits on size and time.
struct AutomatonBuilder: ~Copyable {
    /// The largest table, in entries of two bytes.
    static let entryLimit = 1 << 16
    /// The largest number of visited instructions, which takes a few milliseconds.
    static let stepLimit = 200_000

    private let instructions: [Program.Instruction]
    private let alphabet: Alphabet
    private var closure: EpsilonClosure
    private var states: [State] = []
    private var indices: [State: Int] = [:]
    private var table: [Int]

    private static let (rejected, accepted) = (0, 1)

    /// The reachable instructions after a scalar. Assertions are evaluated when the next scalar is known.
    private struct State: Hashable {
        let instructions: [UInt16]
        let before: Assertion.Neighbour
    }

    /// The automaton for a program; nil if the automaton would be too large or the program has lookarounds.
    static func automaton(for program: Program, alphabet: Alphabet) -> Automaton? {
        guard program.lookarounds.isEmpty else { return nil }
        var builder = AutomatonBuilder(program, alphabet)
        return builder.build()
    }

    private init(_ program: Program, _ alphabet: Alphabet) {
        instructions = program.instructions
        self.alphabet = alphabet
        closure = EpsilonClosure(instructionCount: instructions.count)
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
        let canAccept = statesThatCanAccept()
        let rows = table.map { UInt16(canAccept[$0] ? $0 * width : Self.rejected) }
        return Automaton(table: rows, start: canAccept[start] ? start * width : Self.rejected, alphabet: alphabet)
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

    /// Computes the closure of a state before a neighbour, and returns whether the program accepts there.
    private mutating func accepts(_ state: State, before neighbour: Assertion.Neighbour) -> Bool {
        closure.fill(from: state.instructions, of: instructions) { $0.holds(between: state.before, and: neighbour) }
        return closure.accepts
    }

    private func successors(by classIndex: Int) -> [UInt16] {
        var next: [UInt16] = []
        closure.successors(by: classIndex, of: alphabet, in: instructions, into: &next)
        return next.sorted()
    }

    /// Marks the states from which the automaton can still accept. All others are replaced by the rejecting state.
    private func statesThatCanAccept() -> [Bool] {
        let width = alphabet.count + 1
        var sources: [[Int]] = Array(repeating: [], count: table.count / width)
        for (entry, target) in table.enumerated() { sources[target].append(entry / width) }
        var found = Array(repeating: false, count: sources.count)
        var pending = [Self.accepted]
        found[Self.accepted] = true
        while let state = pending.popLast() {
            for source in sources[state] where !found[source] {
                found[source] = true
                pending.append(source)
            }
        }
        return found
    }
}
