import Bureau
import Platform
import Repositories
import Synchronization

/// A thread with a connection of its own for `health()` and `check()`, so that their queries wait behind no work.
///
/// Where the URL allows one session only, it asks on the pool's.
final class HealthProbe: Sendable {
    private enum Question {
        case health(PendingHealth)
        case check(CheckedContinuation<[StoreCheck], Never>)
    }

    /// The questions that wait; nil after the stop.
    private let monitor = Monitor<[Question]?>([])
    private let url: PostgresURL
    private let migrations: [MigrationStep]
    private let pool: PostgresPool
    private let alarms: Alarms

    private var limits: PostgresLimits { pool.limits }

    init(
        _ url: PostgresURL, migrations: [MigrationStep], pool: PostgresPool, alarms: Alarms
    ) throws(StoreOpenError) {
        self.url = url
        self.pool = pool
        self.migrations = migrations
        self.alarms = alarms
        guard OSThread.start({ self.run() }) else { throw .postgresOutOfResources }
    }

    /// Returns the server's state; it is unreachable when it does not reply within the health timeout.
    func health() async -> StoreHealth {
        let start = ContinuousClock.now
        return await withCheckedContinuation { continuation in
            let pending = PendingHealth(continuation)
            ask(.health(pending))
            alarms.ring(at: start + limits.healthTimeout) { [self] in
                let reason = pool.trouble ?? (sharesSession ? pool.shortage : PostgresFailure.silent.reason)
                pending.complete(unreachable(since: start, reason))
            }
        }
    }

    /// Tries what requests do.
    func check() async -> [StoreCheck] {
        await withCheckedContinuation { ask(.check($0)) }
    }

    func stop() {
        let questions = monitor.change { waiting in
            defer { waiting = nil }
            return (waiting ?? [], true)
        }
        refuse(questions, PostgresFailure.lost.reason)
    }

    /// The only session that the URL allows is the pool's.
    private var sharesSession: Bool { limits.connections == 1 }

    private func ask(_ question: Question) {
        let isTaken = monitor.change { waiting in (waiting?.append(question) != nil, true) }
        if !isTaken { refuse([question], PostgresFailure.lost.reason) }
    }

    private func run() {
        var own: PostgresConnection?
        while let questions = nextQuestions() {
            if sharesSession {
                let isAnswered = pool.lend(until: .now + limits.acquireTimeout) { [self] in answer(questions, $0) }
                if !isAnswered { refuse(questions, pool.shortage) }
                continue
            }
            do throws(PostgresFailure) {
                if own?.hasEnded() == true { own = nil }
                let connection: PostgresConnection
                if let own { connection = own } else { connection = try PostgresConnection(url, limits: limits) }
                answer(questions, connection)
                own = connection.isIdle ? connection : nil
            } catch {
                refuse(questions, error.reason)
            }
        }
    }

    /// Takes every waiting question; nil when the probe stops.
    private func nextQuestions() -> [Question]? {
        monitor.wait { waiting -> [Question]?? in
            guard let questions = waiting else { return .some(nil) }
            guard !questions.isEmpty else { return nil }
            waiting = []
            return questions
        }
    }

    /// Answers the calls of `health()` with one query, and then each call of `check()`.
    private func answer(_ questions: [Question], _ connection: PostgresConnection) {
        let start = ContinuousClock.now
        let pending = questions.compactMap { if case .health(let pending) = $0 { pending } else { nil } }
        if !pending.isEmpty {
            var health: StoreHealth
            do throws(PostgresFailure) {
                health = try query(connection)
            } catch {
                health = unreachable(since: start, error.reason)
            }
            for pending in pending { pending.complete(health) }
        }
        for case .check(let continuation) in questions {
            var check = PostgresCheck(url, migrations, limits)
            continuation.resume(returning: check.run(on: connection))
        }
    }

    /// Answers that no session is to be had.
    private func refuse(_ questions: [Question], _ reason: StoreReason) {
        for question in questions {
            switch question {
            case .health(let pending): pending.complete(unreachable(since: .now, reason))
            case .check(let continuation): continuation.resume(returning: [PostgresCheck.refusedLogin(reason)])
            }
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
        health.reason = isReadOnly ? SQLState("25006").reason : pool.refusalReason
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
