/// What a schema asks of a value by applying other schemas to the same value (core §8.2.3, §10.2).
enum Applicator {
    case reference(Node.Pointer)
    case all(UnsafeBufferPointer<Node.Pointer>)
    case any(Branches)
    case one(Branches)
    case not(Node.Pointer)
    case conditional(if: Node.Pointer, then: Node.Pointer?, else: Node.Pointer?)

    /// The branches of an `anyOf` or `oneOf`.
    struct Branches {
        let schemas: UnsafeBufferPointer<Node.Pointer>
        /// What tells which branch an object is meant for, if the schema says so.
        let discriminator: UnsafePointer<Discriminator>?
    }
}
