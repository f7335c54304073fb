/// A nondeterministic automaton as a list of instructions (Thompson's construction).
struct Program: Sendable {
    var instructions: [Instruction] = []
    /// The lookaheads and lookbehinds. Each depends only on earlier ones.
    var lookarounds: [Lookaround] = []

    var instructionCount: Int { lookarounds.reduce(instructions.count) { $0 + $1.instructions.count } }

    enum Instruction: Sendable {
        /// Consumes one scalar of the set at an index.
        case take(set: UInt16)
        /// Continues both with the next instruction and at another.
        case split(UInt16)
        case jump(UInt16)
        /// Continues if an assertion holds.
        case check(Assertion)
        case accept
    }

    /// The body of a lookahead or lookbehind. One run over the text finds every position at which the body matches.
    ///
    /// The body of a lookahead is assembled in reverse and run backwards from the end of the text.
    struct Lookaround: Sendable {
        var instructions: [Instruction]
        let isAhead: Bool
    }
}

/// Translates a parsed pattern into a program. Bounds are unrolled: `a{3}` is three instructions.
struct Assembler {
    /// The largest program, in instructions, including lookarounds.
    static let instructionLimit = 10_000
    /// The largest number of lookarounds. Each needs one bit for each byte of a text.
    static let lookaroundLimit = 32

    private let syntax: PatternSyntax
    private(set) var program = Program()
    private(set) var sets: [ScalarSet] = []
    private var setIndices: [ScalarSet: Int] = [:]
    private var classIndices: [ClassSyntax: Int] = [:]
    private var propertySets: [UnicodeProperty: ScalarSet] = [:]
    private var lookaroundIndices: [Int: Int] = [:]
    private var instructions: [Program.Instruction] = []
    private var instructionCount = 0
    private var isReversed = false
    /// The position of the innermost quantifier that is being unrolled.
    private var repetitionOffset: Int?

    /// Translates a whole pattern.
    init(_ syntax: PatternSyntax) throws(PatternError) {
        self.syntax = syntax
        try append(syntax.root)
        try append(.accept, at: 0)
        program.instructions = instructions
    }

    /// Appends the instructions for a node. The parser bounds the recursion to 250 groups.
    private mutating func append(_ index: Int) throws(PatternError) {
        let node = syntax.nodes[index]
        switch node.kind {
        case .empty:
            break
        case .scalar(let scalars):
            try append(.take(set: UInt16(setIndex(of: syntax.classes[scalars], at: node.offset))), at: node.offset)
        case .sequence(let children):
            for child in isReversed ? Array(syntax.children[children].reversed()) : Array(syntax.children[children]) {
                try append(child)
            }
        case .choice(let children):
            try appendChoice(of: syntax.children[children], at: node.offset)
        case .repetition(let body, let least, let most):
            try appendRepetition(of: body, least: least, most: most, at: node.offset)
        case .assertion(let assertion):
            try append(.check(assertion), at: node.offset)
        case .lookaround(let body, let isAhead, let isNegated):
            let index = try lookaroundIndex(of: body, isAhead: isAhead, at: node.offset)
            try append(.check(.lookaround(UInt8(index), isNegated: isNegated)), at: node.offset)
        case .refused(let reason):
            throw PatternError(reason: reason, offset: node.offset)
        }
    }

    private mutating func append(_ instruction: Program.Instruction, at offset: Int) throws(PatternError) {
        guard instructionCount < Self.instructionLimit else {
            throw PatternError(reason: .tooManyStates, offset: repetitionOffset ?? offset)
        }
        instructionCount += 1
        instructions.append(instruction)
    }

    /// The index of the next instruction, which the limit keeps within `UInt16`.
    private var end: UInt16 { UInt16(instructions.count) }

    private mutating func appendChoice(of alternatives: ArraySlice<Int>, at offset: Int) throws(PatternError) {
        var jumps: [Int] = []
        for alternative in alternatives.dropLast() {
            let split = instructions.count
            try append(.split(0), at: offset)
            try append(alternative)
            jumps.append(instructions.count)
            try append(.jump(0), at: offset)
            instructions[split] = .split(end)
        }
        if let last = alternatives.last { try append(last) }
        for jump in jumps { instructions[jump] = .jump(end) }
    }

    private mutating func appendRepetition(of body: Int, least: Int, most: Int?, at offset: Int) throws(PatternError) {
        let outer = repetitionOffset
        repetitionOffset = offset
        defer { repetitionOffset = outer }
        var start = end
        for _ in 0..<least {
            start = end
            try append(body)
        }
        guard let most else {
            if least > 0 { return try append(.split(start), at: offset) }
            try append(.split(0), at: offset)
            try append(body)
            try append(.jump(start), at: offset)
            instructions[Int(start)] = .split(end)
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            try append(.split(0), at: offset)
            try append(body)
        }
        for split in splits { instructions[split] = .split(end) }
    }
}

// Lookarounds and sets, each stored once.
extension Assembler {
    /// The index of a lookaround. A repeated lookaround is assembled only once.
    private mutating func lookaroundIndex(of body: Int, isAhead: Bool, at offset: Int) throws(PatternError) -> Int {
        if let index = lookaroundIndices[body] { return index }
        let (outer, wasReversed) = (instructions, isReversed)
        (instructions, isReversed) = ([], isAhead)
        try append(body)
        try append(.accept, at: offset)
        guard program.lookarounds.count < Self.lookaroundLimit else {
            throw PatternError(reason: .tooManyLookarounds, offset: offset)
        }
        program.lookarounds.append(Program.Lookaround(instructions: instructions, isAhead: isAhead))
        (instructions, isReversed) = (outer, wasReversed)
        lookaroundIndices[body] = program.lookarounds.count - 1
        return program.lookarounds.count - 1
    }

    private mutating func setIndex(of scalars: ClassSyntax, at offset: Int) throws(PatternError) -> Int {
        if let index = classIndices[scalars] { return index }
        var ranges = scalars.ranges
        for item in scalars.properties {
            let set = try scalarSet(of: item.property, at: offset)
            ranges += item.isNegated ? set.inverted.ranges : set.ranges
        }
        let set = scalars.isNegated ? ScalarSet(ranges).inverted : ScalarSet(ranges)
        let index = setIndices[set] ?? sets.count
        if index == sets.count { sets.append(set) }
        setIndices[set] = index
        classIndices[scalars] = index
        return index
    }

    private mutating func scalarSet(of property: UnicodeProperty, at offset: Int) throws(PatternError) -> ScalarSet {
        if let set = propertySets[property] { return set }
        guard let set = property.scalars else { throw PatternError(reason: .unsupportedProperty, offset: offset) }
        propertySets[property] = set
        return set
    }
}
