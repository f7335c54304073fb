import CLibpq
import Glibc

/// How a session is made ready for the pipeline.
extension Connection {
    /// Sets the session up, prepares every statement and turns the pipeline on, in one round trip.
    func prepare(_ limits: PostgresLimits) throws(QueryFailure) {
        let deadline = ContinuousClock.now + limits.silenceTimeout
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1,
            PQsendQueryParams(handle, Self.settings(limits), 0, nil, nil, nil, nil, 1) == 1,
            Statement.allCases.allSatisfy({ PQsendPrepare(handle, $0.name, $0.sql, 0, nil) == 1 }),
            PQpipelineSync(handle) == 1
        else { throw .lost }
        while true {
            let flushed = flush()
            guard flushed != .failed, wait(toWrite: flushed == .pending, until: deadline), consume() else {
                throw .lost
            }
            while let answer = nextAnswer() {
                switch answer {
                case .rows, .skipped: continue
                case .refused(let refusal): throw QueryFailure(refusal.state)
                case .synchronized: return
                }
            }
            guard !isBroken else { throw .lost }
        }
    }

    /// Waits until the server has sent something, or takes something when that is asked for; false at `deadline`.
    func wait(toWrite: Bool, until deadline: ContinuousClock.Instant) -> Bool {
        let milliseconds = (deadline - ContinuousClock.now) / .milliseconds(1)
        guard milliseconds > 0 else { return false }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN | (toWrite ? POLLOUT : 0)), revents: 0)
        return poll(&descriptor, 1, Int32(milliseconds.rounded(.up))) > 0
    }

    /// Plans are made once, perhaps on a table that is still empty, and have to be right when it has grown: every
    /// statement finds its rows by their key, so a sequential scan is never meant. Read committed, because locks are
    /// taken in order. A promise of durability that somebody has turned off for the database is kept all the same.
    private static func settings(_ limits: PostgresLimits) -> String {
        let timeout = Int(limits.requestTimeout / .milliseconds(1))
        return """
            SELECT set_config('statement_timeout', '\(timeout)', false),
                set_config('idle_in_transaction_session_timeout', '\(timeout)', false),
                set_config('default_transaction_isolation', 'read committed', false),
                set_config('plan_cache_mode', 'force_generic_plan', false),
                set_config('enable_seqscan', 'off', false),
                set_config('jit', 'off', false),
                set_config(
                    'synchronous_commit',
                    CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                        ELSE current_setting('synchronous_commit') END,
                    false)
            """
    }
}
