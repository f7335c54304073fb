/// A parsed pattern: a tree whose nodes lie in one array, children before parents, so that no depth of it can exhaust
/// the stack while it is built or freed.
struct PatternSyntax {
    private(set) var nodes: [Node] = []
    /// The children of sequences and choices, each a run of indices into `nodes`.
    private(set) var children: [Int] = []
    private(set) var classes: [ClassSyntax] = []
    var root = 0

    struct Node {
        let kind: Kind
        /// The byte of the pattern at which it begins; for a repetition, at which its quantifier does.
        let offset: Int
    }

    enum Kind {
        case empty
        /// One scalar of a class, by its index in `classes`.
        case scalar(class: Int)
        case sequence(Range<Int>)
        case choice(Range<Int>)
        case repetition(of: Int, least: Int, most: Int?)
        case assertion(Assertion)
        case lookaround(of: Int, isAhead: Bool, isNegated: Bool)
        /// Something that is syntax, and yet cannot be compiled.
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

    /// One node for several in a row; that node itself when there is one.
    mutating func addSequence(of items: ArraySlice<Int>, at offset: Int) -> Int {
        if items.count < 2 { return items.first ?? add(.empty, at: offset) }
        return add(.sequence(addChildren(items)), at: offset)
    }

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
