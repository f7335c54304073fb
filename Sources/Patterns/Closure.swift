/// The instructions that a program has come to at one place of a text: those that take a scalar, each once, and whether
/// it accepts. It is used again for place after place, so that no step allocates, and owns its memory as plain buffers,
/// because the worst patterns visit thousands of instructions for each scalar.
struct Closure: ~Copyable {
    private(set) var accepts = false
    /// Instructions visited since it was made.
    private(set) var stepCount = 0

    private let members: UnsafeMutableBufferPointer<UInt16>
    private var memberCount = 0
    /// Instructions still to visit. A visit takes one and adds two at most, so that there is never more than one for
    /// each visited instruction, and one.
    private let waiting: UnsafeMutableBufferPointer<UInt16>
    /// For each instruction, the last round in which it was visited.
    private let rounds: UnsafeMutableBufferPointer<UInt32>
    private var round: UInt32 = 0

    init(instructionCount: Int) {
        members = .allocate(capacity: instructionCount)
        waiting = .allocate(capacity: instructionCount + 2)
        rounds = .allocate(capacity: instructionCount)
        rounds.initialize(repeating: 0)
    }

    deinit {
        members.deallocate()
        waiting.deallocate()
        rounds.deallocate()
    }

    /// Finds all that can be reached without a scalar from the program's start and from some instructions, through the
    /// assertions that hold.
    mutating func fill(
        from reached: [UInt16], of instructions: [Program.Instruction], where holds: (Assertion) -> Bool
    ) {
        precondition(instructions.count == rounds.count)
        memberCount = 0
        accepts = false
        if round == .max { rounds.update(repeating: 0) }
        round = round == .max ? 1 : round + 1
        instructions.withUnsafeBufferPointer { instructions in
            visit(0, of: instructions, where: holds)
            for index in reached { visit(index, of: instructions, where: holds) }
        }
    }

    private mutating func visit(
        _ first: UInt16, of instructions: UnsafeBufferPointer<Program.Instruction>, where holds: (Assertion) -> Bool
    ) {
        waiting[0] = first
        var waitingCount = 1
        while waitingCount > 0 {
            waitingCount -= 1
            let index = waiting[waitingCount]
            if rounds[Int(index)] == round { continue }
            rounds[Int(index)] = round
            stepCount += 1
            switch instructions[Int(index)] {
            case .take:
                members[memberCount] = index
                memberCount += 1
            case .split(let other):
                waiting[waitingCount] = other
                waiting[waitingCount + 1] = index + 1
                waitingCount += 2
            case .jump(let target):
                waiting[waitingCount] = target
                waitingCount += 1
            case .check(let assertion):
                guard holds(assertion) else { continue }
                waiting[waitingCount] = index + 1
                waitingCount += 1
            case .accept:
                accepts = true
            }
        }
    }

    /// Finds the instructions behind those that take a scalar of a class.
    func successors(
        by classIndex: Int, of alphabet: Alphabet, in instructions: [Program.Instruction], into next: inout [UInt16]
    ) {
        next.removeAll(keepingCapacity: true)
        for index in members[..<memberCount] {
            if case .take(let set) = instructions[Int(index)], alphabet.set(set, contains: classIndex) {
                next.append(index + 1)
            }
        }
    }
}
