import CLibpq
import Platform

/// The pipeline of prepared statements. No function but `prepare` blocks.
extension PostgresConnection {
    /// Sets the session up, prepares every statement and turns the pipeline on, in one round trip.
    ///
    /// Behind a pooler no session is the daemon's own: there `send` sets each transaction up, and prepares nothing.
    func prepare(_ limits: PostgresLimits) throws(PostgresFailure) {
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw .lost }
        guard pooler == .none else { return }
        guard sendQuery(SessionSettings.optional(limits)), PQpipelineSync(handle) == 1,
            sendQuery(SessionSettings.required(limits, scope: .session)),
            Statement.allCases.allSatisfy({ PQsendPrepare(handle, $0.rawValue, $0.sql, 0, nil) == 1 }),
            PQpipelineSync(handle) == 1
        else { throw ending() }
        do throws(PostgresFailure) {
            // Some servers do not know every optional setting.
            _ = try awaitSynchronization(limits)
            if let refusal = try awaitSynchronization(limits) {
                throw .refused(refusal.state, message: "the session cannot be set up")
            }
        } catch {
            if case .silent = error { endQuery() }
            throw error
        }
    }

    /// Waits for the end of a transaction, and returns why it was refused.
    private func awaitSynchronization(_ limits: PostgresLimits) throws(PostgresFailure) -> ServerRefusal? {
        let deadline = ContinuousClock.now + limits.silenceTimeout
        var refusal: ServerRefusal?
        while true {
            while let reply = nextReply() {
                switch reply {
                case .rows, .skipped: continue
                case .refused(let given) where given.isFatal: throw Self.end(of: given.state)
                case .refused(let given): refusal = refusal ?? given
                case .synchronized: return refusal
                }
            }
            let flushed = flush()
            guard !isBroken, flushed != .failed else { throw ending() }
            guard wait(toWrite: flushed == .pending, until: deadline) else { throw .silent }
            guard consume() else { throw ending() }
        }
    }

    /// Why the session has ended: the server may have said so before it closed the connection, in a reply or in a
    /// notice.
    private func ending() -> PostgresFailure {
        _ = consume()
        while let reply = nextReply() {
            if case .refused(let refusal) = reply, refusal.isFatal { return Self.end(of: refusal.state) }
        }
        return endState.map(Self.end) ?? .lost
    }

    private static func end(of state: SQLState) -> PostgresFailure {
        .refused(state, message: "the server has ended the session")
    }

    private func sendQuery(_ sql: String) -> Bool {
        PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1
    }

    /// The replies to each transaction before those to its statements.
    var preludeCount: Int { pooler == .none ? 0 : 1 }

    /// Queues one transaction and its synchronization point; false when libpq refuses them.
    func send(_ statements: [BoundStatement], _ limits: PostgresLimits) -> Bool {
        (pooler == .none || sendQuery(SessionSettings.required(limits, scope: .transaction)))
            && statements.allSatisfy(send) && PQpipelineSync(handle) == 1
    }

    private func send(_ bound: BoundStatement) -> Bool {
        guard pooler == .none else { return sendUnprepared(bound) }
        return bound.parameters.withPointers { values, lengths in
            let formats = [Int32](repeating: 1, count: lengths.count)
            return PQsendQueryPrepared(
                handle, bound.statement.rawValue, Int32(lengths.count), values, lengths, formats, 1) == 1
        }
    }

    func sendUnprepared(_ bound: BoundStatement) -> Bool {
        bound.parameters.withPointers { values, lengths in
            let formats = [Int32](repeating: 1, count: lengths.count)
            return PQsendQueryParams(
                handle, bound.statement.sql, Int32(lengths.count), nil, values, lengths, formats, 1) == 1
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
            let field = { (name: Unicode.Scalar) in
                PQresultErrorField(result, Int32(UInt8(ascii: name))).map { String(cString: $0) }
            }
            return .refused(ServerRefusal(state: state, isFatal: field("V") != "ERROR", message: field("M") ?? ""))
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
