import Bureau
import CLibpq
import Repositories
import Synchronization

/// The migrator's session with the server, which another thread may have the server end.
final class MigrationSession: Sendable {
    private struct State {
        var cancelRequest: CancelRequest?
        var isCancelled = false
        var lacksLock = false
    }

    private let state = Mutex(State())

    /// The latest work did not get a lock in time, and nobody has cancelled it.
    var lacksLock: Bool { state.withLock { $0.lacksLock && !$0.isCancelled } }

    /// Logs in, does the work, and translates its failure; `step` names the step that was under way.
    func open<R>(
        _ url: PostgresURL, _ limits: PostgresLimits, step: () -> String? = { nil },
        _ work: (PostgresConnection) throws(PostgresFailure) -> R
    ) throws(MigrationError) -> R {
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(url, limits: limits)
            if url.pooler == .none, try PoolerDetection.isPooledByTransaction(connection, url, limits) {
                throw PostgresFailure.unnamedPooler
            }
            state.withLock {
                $0.cancelRequest = CancelRequest(connection, whenOver: {})
                $0.lacksLock = false
            }
            defer { state.withLock { $0.cancelRequest = nil } }
            return try work(connection)
        } catch {
            throw refusal(error, step())
        }
    }

    /// Has the server end the statement that it works on; false when no session is open.
    func cancel() -> Bool {
        let request = state.withLock { state in
            state.isCancelled = true
            return state.cancelRequest
        }
        guard let request else { return false }
        request.send()
        return true
    }

    private func refusal(_ failure: PostgresFailure, _ step: String?) -> MigrationError {
        if case .refused(SQLState("55P03"), _) = failure { state.withLock { $0.lacksLock = true } }
        if let step { return .failed(.a, step: step, reason: failure.sentence) }
        return switch failure {
        case .loginFailed, .lost, .silent, .badURL, .outOfMemory: .unreachable(.a, reason: failure.sentence)
        case .refused, .transactionEnded, .unreadableMigrations, .unnamedPooler:
            .refused(.a, reason: failure.sentence)
        }
    }
}

extension PostgresConnection {
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Does the work in a transaction that waits for no lock for longer than the limit, and that the server ends soon
    /// after this process.
    func inTransaction<R>(
        _ limits: PostgresLimits, _ work: () throws(PostgresFailure) -> R
    ) throws(PostgresFailure) -> R {
        do throws(PostgresFailure) {
            try run("BEGIN; SET LOCAL lock_timeout = \(Int(limits.lockTimeout / .milliseconds(1)))")
            // Older servers do not know this setting, and some systems do not support it.
            let setting = "SAVEPOINT setting; SET LOCAL client_connection_check_interval = '1s'"
            if (try? run(setting)) == nil { try run("ROLLBACK TO setting") }
            let result = try work()
            try run("COMMIT")
            return result
        } catch {
            try? run("ROLLBACK")
            throw error
        }
    }
}
