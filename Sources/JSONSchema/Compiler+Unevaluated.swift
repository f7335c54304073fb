import JSON

extension Compiler {
    /// `unevaluatedItems` and `unevaluatedProperties`, which stand for the whole schema; nil when there are none.
    mutating func unevaluated(of schema: SchemaLocation, _ role: Role) throws(SchemaError) -> Applicator? {
        let (items, properties) = (schema.member(.unevaluatedItems), schema.member(.unevaluatedProperties))
        guard items != nil || properties != nil else { return nil }
        let rules = Unevaluated(
            schema: try appliedInPlace(at: schema, as: .withoutUnevaluated), items: try remainder(at: items),
            properties: try remainder(at: properties), isTracked: role == .tracked)
        return .unevaluated(UnsafePointer(arena.store(one: rules)))
    }

    /// What a keyword asks of the elements or members that are left to it; nil when there is no such keyword.
    mutating func remainder(at place: SchemaLocation?) throws(SchemaError) -> Remainder? {
        guard let place else { return nil }
        switch place.value.kind {
        case .true: return .anything
        case .false: return .nothing
        default: return .schema(try applied(at: place))
        }
    }
}
