import JSON

/// A compiled schema of draft 2020-12. Immutable: any number of threads may validate with it at once.
// Unchecked because of the pointer to the root: it leads into the arena, which nothing writes to after compilation.
package final class Schema: @unchecked Sendable {
    private let root: Node.Pointer
    private let arena: Arena
    /// The compiled rules point into the texts of these.
    private let documents: [Document]

    init(root: Node.Pointer, arena: Arena, documents: [Document]) {
        self.root = root
        self.arena = arena
        self.documents = documents
    }

    /// Whether a value meets the schema. Allocates nothing, except for `uniqueItems` on long arrays and `unevaluated…` on
    /// long containers. The time is bounded by the product of the sizes of schema and value.
    package func accepts(_ instance: Value) -> Bool {
        var evaluation = Evaluation(of: instance)
        return evaluation.meets(instance, root)
    }

    /// All violations up to a maximum, in the order of the value's text; none when the value meets the schema.
    ///
    /// The names of members that the schema does not give are told only if `tellsNames`: they are the user's data.
    package func validate(
        _ instance: Value, maximumViolations: Int = 16, tellsNames: Bool = false
    ) -> [Violation] {
        if accepts(instance) { return [] }
        let report = Report(maximumViolations: maximumViolations, tellsNames: tellsNames)
        var evaluation = Evaluation(of: instance, for: report)
        _ = evaluation.meets(instance, root)
        return report.violations
    }
}
