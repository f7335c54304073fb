import Bureau
import Platform
import Repositories

/// Base A in PostgreSQL.
///
/// A batch is one transaction and one round trip; batches run side by side on several connections. While the server is
/// away, calls are `unavailable` within the limits. The store serves again when the server is back.
public final class PostgresPersonStore: PersonRepository {
    let url: PostgresURL
    let migrations: [MigrationStep]
    let pool: PostgresPool
    let retries = RetryCounter()
    private let probe: HealthProbe
    private let alarms: Alarms

    /// Logs in, checks the schema and opens the connections. Blocks; meant for a program's start.
    ///
    /// - Parameters:
    ///   - url: libpq's `postgresql://` URL, which may also have `connections=N`, `timeout=SECONDS` and
    ///     `pooler=transaction`. `PG*` variables, service and password files count as everywhere with libpq.
    ///   - migrations: every step of base A's schema, in order; the database must have exactly these.
    public init(
        url: String, migrations: [MigrationStep], limits: PostgresLimits = PostgresLimits()
    ) throws(StoreOpenError) {
        let url = try PostgresURL(url)
        let limits = url.limits(limits)
        try Self.checkServer(url, migrations, limits)
        guard let alarms = Alarms() else { throw .postgresOutOfResources }
        self.url = url
        self.migrations = migrations
        self.alarms = alarms
        pool = try PostgresPool(url, limits: limits, alarms: alarms)
        probe = try HealthProbe(url, migrations: migrations, pool: pool, alarms: alarms)
    }

    deinit {
        pool.stop()
        probe.stop()
        alarms.stop()
    }

    public func health() async -> StoreHealth {
        await probe.health()
    }

    public func check() async -> [StoreCheck] {
        await probe.check()
    }

    public var retryCount: Int { retries.count }

    /// Does nothing: libpq reads password and service files at each login.
    public func reloadCredentials() {}

    private static func checkServer(
        _ url: PostgresURL, _ migrations: [MigrationStep], _ limits: PostgresLimits
    ) throws(StoreOpenError) {
        let applied: [AppliedStep]
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(url, limits: limits)
            if url.pooler == .none, try PoolerDetection.isPooledByTransaction(connection, url, limits) {
                throw PostgresFailure.unnamedPooler
            }
            applied = try connection.appliedSteps(until: .now + limits.openTimeout)
        } catch {
            throw StoreOpenError(postgres: error)
        }
        if let error = StoreOpenError(.a, MigrationPlan(steps: migrations, applied: applied)) { throw error }
    }
}

extension StoreOpenError {
    /// The flaw of a schema; nil when it is current.
    init?(_ base: Base, _ plan: MigrationPlan) {
        switch plan.verdict {
        case .current: return nil
        case .behind(let step):
            self.init(
                base, .schemaBehind, "migration \(step) is not applied", remedy: "Run `creditd migrate up`.")
        case .drifted(let step):
            self.init(
                base, .schemaDrifted, "migration \(step) was applied from a file that has changed since",
                remedy: "Put back the file that was applied; `creditd migrate status` tells which steps differ.")
        case .newer(let step):
            self.init(
                base, .schemaNewer, "the schema has migration \(step), which this program does not know",
                remedy: "Run the newer program that the schema belongs to, or undo its steps with that one.")
        }
    }

    init(postgres failure: PostgresFailure) {
        let code = failure.reason.code
        switch failure {
        case .badURL: self = .badPostgresURL
        case .outOfMemory: self = .postgresOutOfResources
        case .refused(SQLState("42501"), _):
            self.init(
                .a, .refused, "the role that logs in has no rights there", code: code,
                remedy: PostgresRemedy.grant)
        case .refused(let state, _):
            self.init(.a, .refused, "PostgreSQL refused to tell its schema (SQLSTATE \(state))", code: code)
        case .unreadableMigrations: self.init(.a, .refused, failure.sentence)
        case .unnamedPooler: self.init(.a, .refused, failure.sentence, remedy: PostgresRemedy.pooler)
        case .loginFailed(let reason):
            let cause: StoreOpenError.Cause = reason.cause == .refused ? .refused : .unreachable
            self.init(
                .a, cause, "no connection to PostgreSQL: \(failure.sentence)", code: code,
                remedy: PostgresRemedy.login(reason))
        case .lost, .silent, .transactionEnded:
            self.init(.a, .unreachable, "no connection to PostgreSQL: \(failure.sentence)", code: code)
        }
    }
}
