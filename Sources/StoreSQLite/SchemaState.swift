import Bureau
import Repositories

/// What a file says of its migrations, beside those that this program has.
struct SchemaState: Sendable {
    let known: [MigrationStep]
    let applied: [MigrationTable.Row]

    /// Every step that is known or applied, known ones first, in their order.
    var states: [MigrationState] {
        let unknown = applied.filter { row in !known.contains { $0.name == row.name } }
        return known.map(state)
            + unknown.map {
                MigrationState(name: $0.name, appliedAt: $0.appliedAt, hasDrifted: false, isKnown: false)
            }
    }

    /// The next step to apply.
    var firstMissing: MigrationStep? { known.first { row(of: $0) == nil } }

    /// The next step to take back.
    var lastApplied: MigrationStep? { known.last { row(of: $0) != nil } }

    /// The number of known steps that are applied.
    var appliedCount: Int { known.count { row(of: $0) != nil } }

    /// Refuses a schema that the known steps do not lead to.
    func check(_ base: Base) throws(StoreOpenError) {
        let states = states
        if let state = states.first(where: { !$0.isKnown }) { throw .unknownStep(base, step: state.name) }
        if let state = states.first(where: \.hasDrifted) { throw .drifted(base, step: state.name) }
    }

    private func state(of step: MigrationStep) -> MigrationState {
        let row = row(of: step)
        return MigrationState(
            name: step.name, appliedAt: row?.appliedAt, hasDrifted: row.map { $0.checksum != step.checksum } ?? false,
            isKnown: true)
    }

    private func row(of step: MigrationStep) -> MigrationTable.Row? {
        applied.first { $0.name == step.name }
    }
}
