/// What a schema asks of a value by applying other schemas to the same value (core §8.2.3, §10.2, §11).
enum Applicator {
    case reference(Node.Pointer, by: Keyword)
    case all(UnsafeBufferPointer<Node.Pointer>)
    case any(Branches)
    case one(Branches)
    case not(Node.Pointer)
    case conditional(UnsafePointer<Conditional>)
    case unevaluated(UnsafePointer<Unevaluated>)
    /// All of this schema, which may be met on several ways: see ``Visits``.
    case meetingPoint(Node.Pointer)

    /// The branches of an `anyOf` or `oneOf`.
    struct Branches {
        let schemas: UnsafeBufferPointer<Node.Pointer>
        /// What tells which branch an object is meant for, if the schema says so.
        let discriminator: UnsafePointer<Discriminator>?
        /// Whether it matters what the branches evaluate: then all of them are tried.
        let isTracked: Bool
    }

    /// `if` with what follows from it.
    struct Conditional {
        let condition: Node.Pointer
        let then: Node.Pointer?
        let otherwise: Node.Pointer?
        let isTracked: Bool
    }
}
