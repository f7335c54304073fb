import Repositories

/// What a database says of its migrations, beside those that this program has.
struct SchemaState: Sendable {
    /// A row of `creditd_migration`.
    struct Applied: Hashable, Sendable {
        let name: String
        let checksum: String
    }

    let known: [MigrationStep]
    let applied: [Applied]

    /// Every step that is known or applied, known ones first, in their order, with what is to be said of each.
    var steps: [(name: String, step: MigrationStep?, applied: Applied?)] {
        let unknown = applied.filter { row in !known.contains { $0.name == row.name } }
        return known.map { step in (step.name, step, applied.first { $0.name == step.name }) }
            + unknown.map { ($0.name, nil, $0) }
    }

    /// The first step that was applied from another file.
    var drifted: String? {
        steps.first { $0.step != nil && $0.applied != nil && $0.step?.checksum != $0.applied?.checksum }?.name
    }

    /// The first step that only the database has.
    var unknown: String? { steps.first { $0.step == nil }?.name }

    /// The steps that are not applied, in order.
    var missing: [MigrationStep] { steps.compactMap { $0.applied == nil ? $0.step : nil } }

    /// The number of known steps that are applied.
    var appliedCount: Int { known.count - missing.count }

    /// Throws unless the schema is the one that this program works with.
    func check() throws(PostgresOpenError) {
        if let drifted { throw .schemaDrifted(step: drifted) }
        if let unknown { throw .schemaNewer(step: unknown) }
        if let step = missing.first { throw .schemaBehind(step: step.name) }
    }
}
