import Bureau
import Platform
import Repositories

/// Base A in PostgreSQL.
///
/// A batch is one transaction and one round trip; batches run side by side on several connections. While the server is
/// away, calls are `unavailable` within the limits. The store serves again when the server is back.
package final class PostgresPersonStore: PersonRepository {
    private let pool: PostgresPool
    private let probe: HealthProbe
    private let alarms: Alarms

    /// Logs in, checks the schema and opens the connections. Blocks; meant for a program's start.
    ///
    /// - Parameters:
    ///   - url: libpq's `postgresql://` URL, which may also have `connections=N`; `health()` has a further one. `PG*`
    ///     variables, service and password files count as everywhere with libpq.
    ///   - migrations: every step of base A's schema, in order; the database must have exactly these.
    package init(
        url: String, migrations: [MigrationStep], limits: PostgresLimits = PostgresLimits()
    ) throws(StoreOpenError) {
        let url = try PostgresURL(url)
        try Self.checkSchema(url, migrations, limits)
        guard let alarms = Alarms() else { throw .postgresOutOfResources }
        self.alarms = alarms
        pool = try PostgresPool(url, limits: limits, alarms: alarms)
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
        _ url: PostgresURL, _ migrations: [MigrationStep], _ limits: PostgresLimits
    ) throws(StoreOpenError) {
        let applied: [AppliedStep]
        do {
            applied = try PostgresConnection(url, limits: limits).appliedSteps()
        } catch {
            throw StoreOpenError(postgres: error)
        }
        switch MigrationPlan(steps: migrations, applied: applied).verdict {
        case .current: return
        case .behind(let step):
            throw StoreOpenError(.a, .schemaBehind, "migration \(step) is not applied; run `creditd migrate up`")
        case .drifted(let step):
            let reason =
                "migration \(step) was applied from a file that has changed since; see `creditd migrate status`"
            throw StoreOpenError(.a, .schemaDrifted, reason)
        case .newer(let step):
            let reason =
                "the schema has migration \(step), which this program does not know; it belongs to a newer one"
            throw StoreOpenError(.a, .schemaNewer, reason)
        }
    }
}

extension StoreOpenError {
    fileprivate init(postgres failure: PostgresFailure) {
        switch failure {
        case .badURL: self = .badPostgresURL
        case .outOfMemory: self = .postgresOutOfResources
        case .refused(SQLState("42501"), _):
            let reason = "the role that logs in has no rights there; an administrator makes it a member of `creditd`"
            self.init(.a, .refused, reason)
        case .refused(let state, _):
            self.init(.a, .refused, "PostgreSQL refused to tell its schema (SQLSTATE \(state))")
        case .unreadableMigrations: self.init(.a, .refused, failure.reason)
        case .loginFailed, .lost, .transactionEnded:
            self.init(.a, .unreachable, "no connection to PostgreSQL: \(failure.reason)")
        }
    }
}

extension PostgresPersonStore {
    /// The purpose of a transaction, which decides the meaning of its failures.
    enum Intent: Hashable {
        /// Its first statement writes the audit log.
        case auditedRead
        case write
    }

    /// Carries the statements out in one transaction, again when the server undid it for the sake of another, and turns
    /// the rows of each into the result of a call.
    func perform<Value>(
        _ intent: Intent, _ statements: [BoundStatement],
        decode: ([ResultTable]) throws(UnexpectedValue) -> Value
    ) async throws(StoreError) -> Value {
        var retriesLeft = pool.limits.retries
        while true {
            let tables: [ResultTable]
            do {
                tables = try await pool.perform(statements)
            } catch .refused(let state, _) where state.isWorthRepeating && retriesLeft > 0 {
                retriesLeft -= 1
                continue
            } catch {
                throw StoreError(error, intent)
            }
            do { return try decode(tables) } catch { throw .corrupt(.a) }
        }
    }
}

extension StoreError {
    private static let retryAfterMilliseconds = 250
    private static let reason = StoreReason(.unreachable, "PostgreSQL cannot be reached")

    init(_ failure: PostgresTransaction.Failure, _ intent: PostgresPersonStore.Intent) {
        switch (failure, intent) {
        case (.noConnection(let milliseconds), _):
            self = .unavailable(.a, Self.reason, retryAfterMilliseconds: milliseconds)
        case (.lost, .write):
            self = .outcomeUnknown(.a, Self.reason)
        case (.refused(let state, let statement), _) where state.isMismatch:
            self = intent == .auditedRead && statement == 0 ? .auditUnavailable(Self.reason) : .corrupt(.a)
        case (.refused, _), (.notRun, _), (.interrupted, _), (.lost, .auditedRead):
            // A read gives nothing out before its commit: whether the audit rows are there does not matter.
            self = .unavailable(.a, Self.reason, retryAfterMilliseconds: Self.retryAfterMilliseconds)
        }
    }
}
