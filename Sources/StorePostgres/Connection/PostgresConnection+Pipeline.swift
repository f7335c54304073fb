import CLibpq
import Platform
import Synchronization

/// The pipeline of prepared statements. No function but `prepare` blocks.
extension PostgresConnection {
    /// Sets the session up, prepares every statement and turns the pipeline on, in one round trip.
    func prepare(_ limits: PostgresLimits) throws(PostgresFailure) {
        let deadline = ContinuousClock.now + limits.silenceTimeout
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1,
            PQsendQueryParams(handle, Self.settings(limits), 0, nil, nil, nil, nil, 1) == 1,
            Statement.allCases.allSatisfy({ PQsendPrepare(handle, $0.rawValue, $0.sql, 0, nil) == 1 }),
            PQpipelineSync(handle) == 1
        else { throw .lost }
        while true {
            let flushed = flush()
            guard flushed != .failed, wait(toWrite: flushed == .pending, until: deadline), consume() else {
                throw .lost
            }
            while let reply = nextReply() {
                switch reply {
                case .rows, .skipped: continue
                case .refused(let refusal): throw .refused(refusal.state, message: "the session cannot be set up")
                case .synchronized: return
                }
            }
            guard !isBroken else { throw .lost }
        }
    }

    /// Returns the query that sets a session up.
    ///
    /// Plans are made once, perhaps on an empty table, and have to be right when the table has grown: every statement
    /// finds its rows by their key, so that a sequential scan is never right. Read committed is enough, because locks
    /// are taken in order. Where a database has turned durable commits off, the session turns them on.
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

    /// Queues one transaction and its synchronization point; false when libpq refuses them.
    func send(_ statements: [BoundStatement]) -> Bool {
        statements.allSatisfy(send) && PQpipelineSync(handle) == 1
    }

    private func send(_ bound: BoundStatement) -> Bool {
        bound.parameters.withPointers { values, lengths in
            let formats = [Int32](repeating: 1, count: lengths.count)
            return PQsendQueryPrepared(
                handle, bound.statement.rawValue, Int32(lengths.count), values, lengths, formats, 1) == 1
        }
    }

    /// Hands the system as many of the queued bytes as it takes now.
    func flush() -> FlushState {
        switch PQflush(handle) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    enum FlushState: Hashable {
        case done
        /// The rest can go when the socket is writable.
        case pending
        case failed
    }

    /// Reads what has arrived; false when the connection is lost. Replies that came before can still be taken.
    func consume() -> Bool {
        PQconsumeInput(handle) == 1
    }

    /// Takes the next reply that has arrived whole; nil when more bytes have to arrive first.
    func nextReply() -> PipelineReply<ResultTable>? {
        // Each statement's results end with a NULL, which the pipeline does not need. Two in a row mean that no result
        // is left.
        var isAfterEnd = false
        while PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                if isAfterEnd { return nil }
                isAfterEnd = true
                continue
            }
            return Self.reply(result)
        }
        return nil
    }

    private static func reply(_ result: OpaquePointer) -> PipelineReply<ResultTable>? {
        let table = ResultTable(owning: result)
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return .rows(table)
        case PGRES_PIPELINE_SYNC: return .synchronized
        case PGRES_PIPELINE_ABORTED: return .skipped
        default:
            // A result without a state is libpq's own report that the connection is lost.
            guard let state = SQLState(of: result) else { return nil }
            let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
            return .refused(ServerRefusal(state: state, isFatal: severity != "ERROR"))
        }
    }
}

extension Parameters {
    /// Lends the arrays in libpq's form: where each begins, and its length in bytes.
    fileprivate func withPointers<R>(_ body: ([UnsafePointer<CChar>?], [Int32]) -> R) -> R {
        bytes.withUnsafeBytes { bytes in
            var starts: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            var start = 0
            for end in ends {
                starts.append(bytes.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) })
                lengths.append(Int32(end - start))
                start = end
            }
            return body(starts, lengths)
        }
    }
}

/// A request to a server to cancel what one session is executing.
///
/// libpq 15 sends it on a connection of its own and without encryption; it holds a key that is good for nothing else.
///
/// Unchecked: libpq allows `PQcancel` on any thread, and the handle is a copy that nothing changes.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let waker: Waker
    private let hasEnded = Atomic(false)

    /// Nil when the connection is lost or there is no memory.
    ///
    /// - Parameter waker: wakes the connection's thread when the request is over.
    init?(_ connection: PostgresConnection, waker: Waker) {
        guard let handle = PQgetCancel(connection.handle) else { return nil }
        self.handle = handle
        self.waker = waker
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// The server has passed the request on to the session, or was not reached.
    var isOver: Bool { hasEnded.load(ordering: .acquiring) }

    /// Sends the request on a thread of its own, because it blocks until it is over; false when there is no thread.
    func start() -> Bool {
        OSThread.start { [self] in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
                _ = PQcancel(handle, reason.baseAddress, Int32(reason.count))
            }
            hasEnded.store(true, ordering: .releasing)
            waker.wake()
        }
    }
}
