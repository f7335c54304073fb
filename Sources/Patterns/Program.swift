/// Instructions that accept the texts of a pattern: Thompson's construction, by the order in which they were put down.
struct Program: Sendable {
    var instructions: [Instruction] = []
    /// Lookaheads and lookbehinds; each asks only about those before it.
    var lookarounds: [Lookaround] = []

    var instructionCount: Int { lookarounds.reduce(instructions.count) { $0 + $1.instructions.count } }

    enum Instruction: Sendable {
        /// Takes one scalar of a set, by its index among the program's sets.
        case take(set: UInt16)
        /// Goes on with the next instruction and at another one.
        case split(UInt16)
        case jump(UInt16)
        /// Goes on where an assertion holds.
        case check(Assertion)
        case accept
    }

    /// The body of a lookahead or lookbehind, as a program that is run once over the whole text: it finds out at which
    /// places the assertion holds. A lookahead is run backwards from the text's end, its body put down in reverse.
    struct Lookaround: Sendable {
        var instructions: [Instruction]
        let isAhead: Bool
    }
}
