import Bureau
import Repositories

/// Brings base A's schema in PostgreSQL up and down.
///
/// It logs in as the role that is to own the tables. A session lock keeps a second migrator waiting; each step is one
/// transaction together with the row that remembers it.
package struct PostgresMigrator: Migrator {
    private let url: ConnectionURL
    private let steps: [MigrationStep]
    private let limits: PostgresLimits

    /// `steps` are all that the program has, in order; `url` is as for `PostgresPersonStore`.
    package init(
        url: String, steps: [MigrationStep], limits: PostgresLimits = PostgresLimits()
    ) throws(PostgresOpenError) {
        self.url = try ConnectionURL(url)
        self.steps = steps
        self.limits = limits
    }

    package func status() throws(MigrationError) -> [MigrationState] {
        let session = try MigrationSession(url, limits)
        let rows = try session.rows()
        let schema = SchemaState(known: steps, applied: rows.map(\.applied))
        return schema.steps.map { name, step, applied in
            MigrationState(
                name: name, appliedAt: rows.first { $0.applied.name == name }?.appliedAt,
                hasDrifted: step != nil && applied != nil && step?.checksum != applied?.checksum,
                isKnown: step != nil)
        }
    }

    package func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        let session = try MigrationSession(url, limits)
        try session.prepare()
        let schema = try session.schema(steps)
        for step in schema.missing.prefix(count ?? .max) {
            progress(.begins(step.name))
            try session.apply(step)
            progress(.ended(step.name))
        }
    }

    package func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError) {
        let session = try MigrationSession(url, limits)
        try session.prepare()
        let missing = Set(try session.schema(steps).missing.map(\.name))
        for step in steps.filter({ !missing.contains($0.name) }).reversed().prefix(max(0, count)) {
            progress(.begins(step.name))
            try session.revert(step)
            progress(.ended(step.name))
        }
    }
}
