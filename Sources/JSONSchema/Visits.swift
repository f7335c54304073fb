import JSON

/// What is remembered of the schemas that several others apply, so that no value costs more than its size and the
/// schema's: without it, two references to a schema, in it, would take time that doubles at every level of the value.
///
/// Nothing is remembered until there have been more visits than a value without such a trap causes.
struct Visits {
    private var free: Int
    private var outcomes: [Visit: Bool]?

    private struct Visit: Hashable {
        let schema: Node.Pointer
        let offset: Int
    }

    init(of root: Value) { free = 4096 + 4 * root.rawText.count }

    /// Whether this visit need not be remembered. Counts it.
    mutating func isFree() -> Bool {
        guard free > 0 else { return false }
        free -= 1
        return true
    }

    func outcome(of value: Value, by schema: Node.Pointer) -> Bool? {
        outcomes?[Visit(schema: schema, offset: value.offset)]
    }

    mutating func remember(_ outcome: Bool, of value: Value, by schema: Node.Pointer) {
        if outcomes == nil { outcomes = [:] }
        outcomes?[Visit(schema: schema, offset: value.offset)] = outcome
    }
}
