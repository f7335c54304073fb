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

    init(
        _ url: PostgresURL, migrations: [MigrationStep], limits: PostgresLimits, alarms: Alarms
    ) throws(StoreOpenError) {
        self.url = url
        self.migrations = migrations
        self.limits = limits
        self.alarms = alarms
        guard OSThread.start({ self.run() }) else { throw .postgresOutOfResources }
    }

    /// Returns the server's state; it is unreachable when it does not reply within the health timeout.
    func health() async -> StoreHealth {
        let start = ContinuousClock.now
        return await withCheckedContinuation { continuation in
            let pending = PendingHealth(continuation)
            monitor.change { waiting in (waiting?.append(pending), true) }
            alarms.ring(at: start + limits.healthTimeout) { [self] in pending.complete(unreachable(since: start)) }
        }
    }

    func stop() {
        monitor.change { waiting in (waiting = nil, true) }
    }

    private func run() {
        var connection: PostgresConnection?
        while let waiting = nextWaiting() {
            let start = ContinuousClock.now
            connection = connection ?? (try? PostgresConnection(url, limits: limits))
            let health = connection.flatMap { try? query($0) }
            if health == nil { connection = nil }
            for pending in waiting { pending.complete(health ?? unreachable(since: start)) }
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
        let applied = try connection.appliedSteps(until: start + limits.healthTimeout)
        let roundTrip = ContinuousClock.now - start
        return StoreHealth(
            base: .a, engine: connection.serverVersion.map { "PostgreSQL \($0)" },
            roundTripMicroseconds: Int64(roundTrip / .microseconds(1)),
            migrationsApplied: MigrationPlan(steps: migrations, applied: applied).appliedCount,
            migrationsKnown: migrations.count, isEncrypted: connection.isEncrypted)
    }

    private func unreachable(since start: ContinuousClock.Instant) -> StoreHealth {
        StoreHealth(
            base: .a, engine: nil, roundTripMicroseconds: Int64((ContinuousClock.now - start) / .microseconds(1)),
            migrationsApplied: 0, migrationsKnown: migrations.count)
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
