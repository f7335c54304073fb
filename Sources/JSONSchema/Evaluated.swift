/// Which elements of an array or members of an object have been evaluated (core §11), by their positions.
struct Evaluated {
    /// All positions below this one are.
    private var start = 0
    /// The first 64 positions, a bit for each.
    private var first: UInt64 = 0
    /// Those of the others that are; nil before the first of them, which most values never have.
    private var others: Set<Int>?

    func contains(_ position: Int) -> Bool {
        if position < start { return true }
        return position < 64 ? first & 1 << UInt64(position) != 0 : others?.contains(position) == true
    }

    mutating func insert(_ position: Int) {
        if position < 64 {
            first |= 1 << UInt64(position)
        } else {
            if others == nil { others = [] }
            others?.insert(position)
        }
    }

    mutating func insertAll(below end: Int) { start = max(start, end) }

    mutating func formUnion(_ other: Evaluated) {
        start = max(start, other.start)
        first |= other.first
        if let added = other.others { others = others?.union(added) ?? added }
    }
}
