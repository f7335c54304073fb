import Bureau
import Repositories
import Platform

/// Base A in PostgreSQL.
///
/// A batch is one transaction and one round trip; batches run side by side on several connections. A server that goes
/// away is `unavailable` within the limits, and served again when it is back.
package final class PostgresPersonStore: PersonRepository {
    let pool: ConnectionPool
    private let probe: HealthProbe
    private let alarms: Alarms

    /// Logs in, checks the schema and opens the connections. Blocks; meant for a program's start.
    ///
    /// - Parameters:
    ///   - url: libpq's `postgresql://` URL, which may also say `creditd_connections=N`. `PG*` variables, service and
    ///     password files count as everywhere with libpq.
    ///   - migrations: every step of base A's schema, in order; the database must have exactly these.
    ///   - connections: how many connections to work with when the URL does not say; one more is kept for `health()`.
    package init(
        url: String, migrations: [MigrationStep], connections: Int? = nil, limits: PostgresLimits = PostgresLimits()
    ) throws(PostgresOpenError) {
        let url = try ConnectionURL(url)
        try Self.checkSchema(url, migrations, limits)
        guard let alarms = Alarms() else { throw .outOfResources }
        self.alarms = alarms
        let links = url.connections ?? connections ?? limits.connections
        pool = try ConnectionPool(url, links: max(1, links), limits: limits, alarms: alarms)
        probe = try HealthProbe(url, migrations: migrations, limits: limits, alarms: alarms)
    }

    deinit {
        pool.stop()
        probe.stop()
        alarms.stop()
    }

    package func health() async -> StoreHealth {
        await probe.health()
    }

    private static func checkSchema(
        _ url: ConnectionURL, _ migrations: [MigrationStep], _ limits: PostgresLimits
    ) throws(PostgresOpenError) {
        let connection: Connection
        do {
            connection = try Connection(url, limits: limits)
        } catch {
            throw PostgresOpenError(error)
        }
        try SchemaState(connection, known: migrations).check()
    }
}

extension SchemaState {
    /// Reads the state that a database is in; one that no migrator has seen has no steps applied.
    init(_ connection: Connection, known: [MigrationStep]) throws(PostgresOpenError) {
        do {
            let exists = try connection.rows(MigrationTable.existence).rowCount == 1
            let rows = exists ? try MigrationTable.read(connection.rows(MigrationTable.rows)) : []
            self.init(known: known, applied: rows.map(\.applied))
        } catch let failure as QueryFailure {
            throw failure.state.map { .refused(state: $0.description) } ?? .unreachable(reason: failure.reason)
        } catch {
            throw .unreachable(reason: "the table creditd_migration has another shape")
        }
    }
}

extension PostgresOpenError {
    init(_ failure: ConnectFailure) {
        switch failure {
        case .outOfMemory: self = .outOfResources
        case .badURL: self = .badURL
        case .refused(let reason): self = .unreachable(reason: reason)
        }
    }
}
