import Bureau
import Repositories
import Synchronization
import Platform

/// A thread with a connection of its own that asks the server how it is, so that the question waits behind no work.
final class HealthProbe: Sendable {
    private typealias Ask = @Sendable (StoreHealth) -> Void

    private struct State {
        var asks: [Ask] = []
        var isStopped = false
    }

    private let monitor = Monitor(State())
    private let url: ConnectionURL
    private let migrations: [MigrationStep]
    private let limits: PostgresLimits
    private let alarms: Alarms

    init(
        _ url: ConnectionURL, migrations: [MigrationStep], limits: PostgresLimits, alarms: Alarms
    ) throws(PostgresOpenError) {
        self.url = url
        self.migrations = migrations
        self.limits = limits
        self.alarms = alarms
        guard OSThread.start({ self.run() }) else { throw .outOfResources }
    }

    /// The server's state; unreachable when it does not tell within the health timeout.
    func health() async -> StoreHealth {
        let start = ContinuousClock.now
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            monitor.change { state in (state.asks.append { answer.give($0) }, true) }
            alarms.ring(at: start + limits.healthTimeout) { [self] in answer.give(unreachable(since: start)) }
        }
    }

    func stop() {
        monitor.change { state in (state.isStopped = true, true) }
    }

    private func run() {
        var connection: Connection?
        while let asks = nextAsks() {
            let start = ContinuousClock.now
            connection = connection ?? (try? Connection(url, limits: limits))
            var health: StoreHealth?
            if let open = connection {
                health = try? ask(open)
                if health == nil { connection = nil }
            }
            for ask in asks { ask(health ?? unreachable(since: start)) }
        }
    }

    /// Everybody who waits, answered by one look at the server; nil when the probe stops.
    private func nextAsks() -> [Ask]? {
        monitor.wait { state -> [Ask]?? in
            if state.isStopped { return .some(nil) }
            guard !state.asks.isEmpty else { return nil }
            defer { state.asks = [] }
            return state.asks
        }
    }

    private func ask(_ connection: Connection) throws -> StoreHealth {
        let start = ContinuousClock.now
        let rows = try connection.rows(MigrationTable.rows, until: start + limits.healthTimeout)
        let roundTrip = ContinuousClock.now - start
        let schema = SchemaState(known: migrations, applied: try MigrationTable.read(rows).map(\.applied))
        let isCurrent = schema.drifted == nil && schema.unknown == nil
        return StoreHealth(
            base: .a, engine: connection.serverVersion.map { "PostgreSQL \($0)" },
            roundTripMicroseconds: Int64(roundTrip / .microseconds(1)),
            migrationsApplied: isCurrent ? schema.appliedCount : schema.applied.count,
            migrationsKnown: migrations.count, isEncrypted: connection.isEncrypted)
    }

    private func unreachable(since start: ContinuousClock.Instant) -> StoreHealth {
        StoreHealth(
            base: .a, engine: nil, roundTripMicroseconds: Int64((ContinuousClock.now - start) / .microseconds(1)),
            migrationsApplied: 0, migrationsKnown: migrations.count)
    }
}

/// Gives a waiting task the first of several answers.
private final class FirstAnswer: Sendable {
    private let continuation: Mutex<CheckedContinuation<StoreHealth, Never>?>

    init(_ continuation: CheckedContinuation<StoreHealth, Never>) {
        self.continuation = Mutex(continuation)
    }

    func give(_ health: StoreHealth) {
        continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }?.resume(returning: health)
    }
}
