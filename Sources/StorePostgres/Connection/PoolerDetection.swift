import CLibpq
import Repositories

/// Finds out whether a pooler between here and the server gives its sessions out by transaction.
///
/// The settings and prepared statements of the daemon would then reach other clients, and get lost for the daemon. A
/// pooler shows in the identifier of the server's process, which it makes up at the login. One that gives out whole
/// sessions does no harm.
enum PoolerDetection {
    /// Compares which processes serve two connections that are open side by side.
    static func isPooledByTransaction(
        _ first: PostgresConnection, _ url: PostgresURL, _ limits: PostgresLimits
    ) throws(PostgresFailure) -> Bool {
        let deadline = ContinuousClock.now + limits.openTimeout
        let process = try first.serverProcess(until: deadline)
        guard process != Int64(PQbackendPID(first.handle)) else { return false }
        let second = try PostgresConnection(url, limits: limits)
        for _ in 0..<rounds {
            let other = try second.serverProcess(until: deadline)
            let again = try first.serverProcess(until: deadline)
            if other == process || again != process { return true }
        }
        return false
    }

    /// Other clients may come between two queries and take the process that would give the pooler away.
    private static let rounds = 8
}

extension PostgresConnection {
    /// Returns the identifier of the server's process that carries a query out.
    fileprivate func serverProcess(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> Int64 {
        let rows = try rows("SELECT pg_backend_pid()::bigint", until: deadline)
        do throws(UnexpectedValue) {
            guard rows.rowCount == 1 else { throw UnexpectedValue() }
            return try rows[0].value(0)
        } catch {
            throw .lost
        }
    }
}
