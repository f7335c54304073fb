/// A schema with `unevaluatedItems` or `unevaluatedProperties` (core §11), which apply to what all the rest of it has
/// left.
struct Unevaluated {
    /// The rest of the schema, tracked.
    let schema: Node.Pointer
    let items: Remainder?
    let properties: Remainder?
    /// Whether what this schema evaluates is of concern to another one around it.
    let isTracked: Bool
}
