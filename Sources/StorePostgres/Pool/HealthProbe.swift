import Bureau
import Platform
import Repositories
import Synchronization

/// A thread with a connection of its own for `health()`, so that the query waits behind no work.
final class HealthProbe: Sendable {
    /// The calls that wait; nil after the stop.
    private let monitor = Monitor<[PendingHealth]?>([])
    private let url: PostgresURL
    private let migrations: [MigrationStep]
    private let limits: PostgresLimits
    private let alarms: Alarms
    /// Why the pool cannot connect, and why the server refuses what the pool asks for; nil while all is well.
    private let trouble: @Sendable () -> StoreReason?
    private let refusal: @Sendable () -> StoreReason?

    init(
        _ url: PostgresURL, migrations: [MigrationStep], pool: PostgresPool, alarms: Alarms
    ) throws(StoreOpenError) {
        self.url = url
        limits = pool.limits
        trouble = { [weak pool] in pool?.trouble }
        refusal = { [weak pool] in pool?.refusalReason }
        self.migrations = migrations
        self.alarms = alarms
        guard OSThread.start({ self.run() }) else { throw .postgresOutOfResources }
    }

    /// Returns the server's state; it is unreachable when it does not reply within the health timeout.
    func health() async -> StoreHealth {
        let start = ContinuousClock.now
        return await withCheckedContinuation { continuation in
            let pending = PendingHealth(continuation)
            monitor.change { waiting in (waiting?.append(pending), true) }
            alarms.ring(at: start + limits.healthTimeout) { [self] in
                pending.complete(unreachable(since: start, trouble() ?? PostgresFailure.silent.reason))
            }
        }
    }

    func stop() {
        monitor.change { waiting in (waiting = nil, true) }
    }

    private func run() {
        var connection: PostgresConnection?
        while let waiting = nextWaiting() {
            let start = ContinuousClock.now
            var health: StoreHealth
            do throws(PostgresFailure) {
                if connection == nil { connection = try PostgresConnection(url, limits: limits) }
                guard let connection else { throw .lost }
                health = try query(connection)
            } catch {
                health = unreachable(since: start, error.reason)
                if case .refused = error {} else { connection = nil }
            }
            // The only session that the URL allows is the pool's.
            if connection?.isBroken == true || limits.connections == 1 { connection = nil }
            for pending in waiting { pending.complete(health) }
        }
    }

    /// Takes every waiting call, for one query to answer; nil when the probe stops.
    private func nextWaiting() -> [PendingHealth]? {
        monitor.wait { waiting -> [PendingHealth]?? in
            guard let calls = waiting else { return .some(nil) }
            guard !calls.isEmpty else { return nil }
            waiting = []
            return calls
        }
    }

    private func query(_ connection: PostgresConnection) throws(PostgresFailure) -> StoreHealth {
        let start = ContinuousClock.now
        let deadline = start + limits.healthTimeout
        let isReadOnly = try connection.isReadOnly(until: deadline)
        let roundTrip = ContinuousClock.now - start
        let applied = try connection.appliedSteps(until: deadline)
        var health = StoreHealth(
            base: .a, engine: connection.serverVersion.map { "PostgreSQL \($0)" },
            roundTripMicroseconds: Int64(roundTrip / .microseconds(1)),
            migrationsApplied: MigrationPlan(steps: migrations, applied: applied).appliedCount,
            migrationsKnown: migrations.count, isEncrypted: connection.isEncrypted)
        health.reason = isReadOnly ? SQLState("25006").reason : refusal()
        return health
    }

    private func unreachable(since start: ContinuousClock.Instant, _ reason: StoreReason) -> StoreHealth {
        var health = StoreHealth(
            base: .a, engine: nil, roundTripMicroseconds: Int64((ContinuousClock.now - start) / .microseconds(1)),
            migrationsApplied: 0, migrationsKnown: migrations.count)
        health.reason = reason
        return health
    }
}

extension PostgresConnection {
    /// Whether the session can write nothing: the server is a standby, or the database is set so.
    func isReadOnly(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> Bool {
        let rows = try rows("SELECT 1 WHERE current_setting('transaction_read_only') = 'on'", until: deadline)
        return rows.rowCount > 0
    }
}

/// A call of `health()`, which the reply and the timeout both complete; the first of them counts.
private final class PendingHealth: Sendable {
    private let continuation: Mutex<CheckedContinuation<StoreHealth, Never>?>

    init(_ continuation: CheckedContinuation<StoreHealth, Never>) {
        self.continuation = Mutex(continuation)
    }

    func complete(_ health: StoreHealth) {
        continuation.withLock { $0.take() }?.resume(returning: health)
    }
}
