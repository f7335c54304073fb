/// The instructions that a program can reach at one position without consuming a scalar.
///
/// The closure keeps the instructions that consume a scalar, each once, and whether the program accepts. Plain buffers
/// are reused for each position, because the worst patterns visit thousands of instructions for each scalar.
struct EpsilonClosure: ~Copyable {
    private(set) var accepts = false
    /// The number of visited instructions since init.
    private(set) var stepCount = 0

    private let members: UnsafeMutableBufferPointer<UInt16>
    private var memberCount = 0
    /// A stack of instructions to visit. A visit pops one and pushes at most two, so the stack holds at most one more
    /// than the number of visited instructions.
    private let pending: UnsafeMutableBufferPointer<UInt16>
    /// The last round in which each instruction was visited.
    private let rounds: UnsafeMutableBufferPointer<UInt32>
    private var round: UInt32 = 0

    init(instructionCount: Int) {
        members = .allocate(capacity: instructionCount)
        pending = .allocate(capacity: instructionCount + 2)
        rounds = .allocate(capacity: instructionCount)
        rounds.initialize(repeating: 0)
    }

    deinit {
        members.deallocate()
        pending.deallocate()
        rounds.deallocate()
    }

    /// Computes the closure of the program's start and of the `reached` instructions.
    ///
    /// A check is passed if its assertion holds.
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
        pending[0] = first
        var pendingCount = 1
        while pendingCount > 0 {
            pendingCount -= 1
            let index = pending[pendingCount]
            if rounds[Int(index)] == round { continue }
            rounds[Int(index)] = round
            stepCount += 1
            switch instructions[Int(index)] {
            case .take:
                members[memberCount] = index
                memberCount += 1
            case .split(let other):
                pending[pendingCount] = other
                pending[pendingCount + 1] = index + 1
                pendingCount += 2
            case .jump(let target):
                pending[pendingCount] = target
                pendingCount += 1
            case .check(let assertion):
                guard holds(assertion) else { continue }
                pending[pendingCount] = index + 1
                pendingCount += 1
            case .accept:
                accepts = true
            }
        }
    }

    /// Collects the successors of the instructions that consume a scalar of a class.
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
