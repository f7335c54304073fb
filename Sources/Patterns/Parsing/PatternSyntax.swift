/// A parsed pattern: a syntax tree in one array, children before their parents.
///
/// Building and freeing an array takes no stack, however deep the tree is.
struct PatternSyntax {
    private(set) var nodes: [Node] = []
    /// The children of all sequences and choices, as indices into `nodes`.
    private(set) var children: [Int] = []
    private(set) var classes: [ClassSyntax] = []
    var root = 0

    struct Node {
        let kind: Kind
        /// The position in the pattern, in bytes: of the quantifier for a repetition, else of the node's start.
        let offset: Int
    }

    enum Kind {
        case empty
        /// One scalar of the class at an index of `classes`.
        case scalar(class: Int)
        case sequence(Range<Int>)
        case choice(Range<Int>)
        case repetition(of: Int, least: Int, most: Int?)
        case assertion(Assertion)
        case lookaround(of: Int, isAhead: Bool, isNegated: Bool)
        /// Valid syntax that cannot be compiled.
        case refused(PatternError.Reason)
    }

    mutating func add(_ kind: Kind, at offset: Int) -> Int {
        nodes.append(Node(kind: kind, offset: offset))
        return nodes.count - 1
    }

    mutating func add(_ scalars: ClassSyntax, at offset: Int) -> Int {
        classes.append(scalars)
        return add(.scalar(class: classes.count - 1), at: offset)
    }

    /// Adds a sequence, or returns the only item.
    mutating func addSequence(of items: ArraySlice<Int>, at offset: Int) -> Int {
        if items.count < 2 { return items.first ?? add(.empty, at: offset) }
        return add(.sequence(addChildren(items)), at: offset)
    }

    /// Adds a choice, or returns the only alternative.
    mutating func addChoice(of alternatives: ArraySlice<Int>, at offset: Int) -> Int {
        if alternatives.count == 1, let only = alternatives.first { return only }
        return add(.choice(addChildren(alternatives)), at: offset)
    }

    private mutating func addChildren(_ indices: ArraySlice<Int>) -> Range<Int> {
        let start = children.count
        children.append(contentsOf: indices)
        return start..<children.count
    }

    func isEmpty(_ node: Int) -> Bool {
        if case .empty = nodes[node].kind { true } else { false }
    }
}

/// The syntax of an atom that matches one scalar: a literal, an escape such as `\d`, or a class in brackets.
///
/// Properties are kept by name, because building their sets takes far longer than checking the names.
struct ClassSyntax: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var properties: [Property] = []
    var isNegated = false

    struct Property: Hashable, Sendable {
        let property: UnicodeProperty
        let isNegated: Bool
    }

    mutating func formUnion(_ other: ClassSyntax) {
        ranges += other.ranges
        properties += other.properties
    }

    /// The scalar of a single-scalar class, which may be the end of a range; nil for any other class.
    var single: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1, properties.isEmpty else { return nil }
        return ranges[0].lowerBound
    }
}

extension ClassSyntax {
    init(_ set: ScalarSet) { self.init(ranges: set.ranges) }

    init(_ scalar: UInt32) { self.init(ranges: [scalar...scalar]) }
}

/// A zero-width condition on a position in the text (ECMA-262 §22.2.2.4).
enum Assertion: Hashable, Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
    /// A lookahead or lookbehind, by its index in the program. ``Simulation`` evaluates lookarounds in advance.
    case lookaround(UInt8, isNegated: Bool)

    /// The properties of the scalar on one side of a position, as far as assertions need them.
    struct Neighbour: OptionSet, Hashable, Sendable {
        let rawValue: UInt8

        /// The start or end of the text.
        static let edge = Neighbour(rawValue: 1)
        static let wordScalar = Neighbour(rawValue: 2)
        static let lineTerminator = Neighbour(rawValue: 4)
    }

    /// Whether the assertion holds between two neighbours. Always false for a lookaround, which depends on more text.
    func holds(between before: Neighbour, and after: Neighbour) -> Bool {
        switch self {
        case .textStart: before.contains(.edge)
        case .textEnd: after.contains(.edge)
        case .lineStart: !before.isDisjoint(with: [.edge, .lineTerminator])
        case .lineEnd: !after.isDisjoint(with: [.edge, .lineTerminator])
        case .wordBoundary: before.contains(.wordScalar) != after.contains(.wordScalar)
        case .noWordBoundary: before.contains(.wordScalar) == after.contains(.wordScalar)
        case .lookaround: false
        }
    }
}
