import JSON

/// What a schema asks of an array (core §10.3.1, validation §6.4).
struct ArrayRules {
    var minimumCount = 0
    var maximumCount = Int.max
    var areUnique = false
    /// The schemas of the first elements.
    var prefix = UnsafeBufferPointer<Node.Pointer>(start: nil, count: 0)
    /// What the elements after those must be.
    var rest = Remainder.anything
    var contains: Contains?
    /// Whether it matters which elements these rules evaluate (core §10.3.1).
    var areTracked = false
    /// Whether there is an `items`, so that all elements are evaluated.
    var haveItems = false

    /// `contains`, with how many elements have to match.
    struct Contains {
        let schema: Node.Pointer
        let minimumCount: Int
        let maximumCount: Int
    }
}
