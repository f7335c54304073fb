/// Puts a parsed pattern down as a program. Bounds are unrolled: `a{3}` is three instructions.
struct Assembler {
    /// The most instructions of a program, its lookarounds included.
    static let instructionLimit = 10_000
    /// The most lookarounds; each needs one bit for each byte of a text.
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
    /// The quantifier that is being unrolled, innermost.
    private var repetitionOffset: Int?

    /// Puts down all of a pattern.
    init(_ syntax: PatternSyntax) throws(PatternError) {
        self.syntax = syntax
        try put(syntax.root)
        try put(.accept, at: 0)
        program.instructions = instructions
    }

    /// The stack bounds the depth, which the parser keeps within 250 groups.
    private mutating func put(_ index: Int) throws(PatternError) {
        let node = syntax.nodes[index]
        switch node.kind {
        case .empty:
            break
        case .scalar(let scalars):
            try put(.take(set: UInt16(setIndex(of: syntax.classes[scalars], at: node.offset))), at: node.offset)
        case .sequence(let children):
            for child in isReversed ? Array(syntax.children[children].reversed()) : Array(syntax.children[children]) {
                try put(child)
            }
        case .choice(let children):
            try putChoice(of: syntax.children[children], at: node.offset)
        case .repetition(let body, let least, let most):
            try putRepetition(of: body, least: least, most: most, at: node.offset)
        case .assertion(let assertion):
            try put(.check(assertion), at: node.offset)
        case .lookaround(let body, let isAhead, let isNegated):
            let index = try lookaroundIndex(of: body, isAhead: isAhead, at: node.offset)
            try put(.check(.lookaround(UInt8(index), isNegated: isNegated)), at: node.offset)
        case .refused(let reason):
            throw PatternError(reason: reason, offset: node.offset)
        }
    }

    private mutating func put(_ instruction: Program.Instruction, at offset: Int) throws(PatternError) {
        guard instructionCount < Self.instructionLimit else {
            throw PatternError(reason: .tooManyStates, offset: repetitionOffset ?? offset)
        }
        instructionCount += 1
        instructions.append(instruction)
    }

    /// The index of the instruction that comes next; within `UInt16` by the limit.
    private var end: UInt16 { UInt16(instructions.count) }

    private mutating func putChoice(of alternatives: ArraySlice<Int>, at offset: Int) throws(PatternError) {
        var jumps: [Int] = []
        for alternative in alternatives.dropLast() {
            let split = instructions.count
            try put(.split(0), at: offset)
            try put(alternative)
            jumps.append(instructions.count)
            try put(.jump(0), at: offset)
            instructions[split] = .split(end)
        }
        if let last = alternatives.last { try put(last) }
        for jump in jumps { instructions[jump] = .jump(end) }
    }

    private mutating func putRepetition(
        of body: Int, least: Int, most: Int?, at offset: Int
    ) throws(PatternError) {
        let outer = repetitionOffset
        repetitionOffset = offset
        defer { repetitionOffset = outer }
        var start = end
        for _ in 0..<least {
            start = end
            try put(body)
        }
        guard let most else {
            if least > 0 { return try put(.split(start), at: offset) }
            try put(.split(0), at: offset)
            try put(body)
            try put(.jump(start), at: offset)
            instructions[Int(start)] = .split(end)
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            try put(.split(0), at: offset)
            try put(body)
        }
        for split in splits { instructions[split] = .split(end) }
    }
}

extension Assembler {
    /// The index of a lookaround, whose body is put down once however often it is repeated.
    private mutating func lookaroundIndex(of body: Int, isAhead: Bool, at offset: Int) throws(PatternError) -> Int {
        if let index = lookaroundIndices[body] { return index }
        let (outer, wasReversed) = (instructions, isReversed)
        (instructions, isReversed) = ([], isAhead)
        try put(body)
        try put(.accept, at: offset)
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
