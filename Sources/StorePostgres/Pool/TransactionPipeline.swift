/// The transactions in flight on one connection, in the order in which they were sent.
///
/// A refusal undoes its transaction, unless a pooler in between reports that it has lost the server.
///
/// A pure value: its caller reports what was sent and received, and learns which transactions are over. Each is an
/// implicit transaction between two synchronization points (PostgreSQL documentation, "Pipeline Mode"). The server
/// commits at the second point, so that a transaction that was not sent up to there cannot be committed.
struct TransactionPipeline<Work, Rows: Sendable> {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        let work: Work
        let statementCount: Int
        let deadline: Instant
        /// The replies to come that belong to no statement.
        var preludeLeft: Int
        var isSent = false
        var rows: [Rows] = []
        var refusal: ServerRefusal?
        /// The caller has been cancelled.
        var isCancelled = false
        /// When another transaction's latest cancel request began, which may hit this one.
        var exposedAt: Instant?
        /// A cancel request for another transaction has undone this one.
        var isInterrupted = false
        /// The caller has been told an outcome, and nobody waits for the replies.
        var isAbandoned = false
    }

    /// A transaction that is over.
    struct Completion {
        let work: Work
        let result: Result<[Rows], Failure>
    }

    /// Why a transaction gave no results.
    enum Failure: Error, Hashable, Sendable {
        /// The server refused the statement at this index and undid the transaction.
        case refused(SQLState, statement: Int)
        /// Nothing was carried out: the transaction was not sent whole, or the server ended the session before it.
        case notRun
        /// A cancel request for another transaction undid this one, which has to run again.
        case interrupted
        /// The connection was lost after the transaction was sent whole: whether it is committed is not known.
        case lost
    }

    /// The state of the connection's cancel request; there is one at most.
    private enum CancelState {
        case none
        case inFlight(since: Instant, isForFirst: Bool)
        /// The request is over and its transaction goes on: the server may have ignored the request.
        case pausing(until: Instant)
    }

    /// The time after which the server cancels a statement by itself.
    let statementTimeout: Duration
    /// The number of replies to each transaction before those to its statements.
    let preludeCount: Int
    private var entries: [Entry] = []
    private var cancelState = CancelState.none
    /// The server has ended the session; it does not begin the transactions after its last reply.
    private var hasEnded = false
    /// The replies do not fit the statements, or the session is over: the connection has to be closed now.
    private(set) var isBroken = false
    /// The session finishes the transactions in flight and takes no more.
    private(set) var isSpent = false
    /// The state of the refusal for which the session must be closed.
    private(set) var sessionRefusal: SQLState?

    init(statementTimeout: Duration, preludeCount: Int = 0) {
        self.statementTimeout = statementTimeout
        self.preludeCount = preludeCount
    }

    var count: Int { entries.count }

    /// The deadline of the oldest transaction; nil when none is in flight.
    var deadline: Instant? { entries.first?.deadline }

    /// Adds a transaction that is about to be sent.
    mutating func add(_ work: Work, statementCount: Int, deadline: Instant) {
        var entry = Entry(
            work: work, statementCount: statementCount, deadline: deadline, preludeLeft: preludeCount)
        if case .inFlight(let start, _) = cancelState { entry.exposedAt = start }
        entries.append(entry)
    }

    /// Notes that every added transaction has been handed to the system whole.
    mutating func allSent() {
        for index in entries.indices.reversed() {
            guard !entries[index].isSent else { return }
            entries[index].isSent = true
        }
    }

    /// Takes the next reply, which arrived by `now`, and returns the transaction that it ends.
    mutating func receive(_ reply: PipelineReply<Rows>, at now: Instant) -> Completion? {
        guard !entries.isEmpty else {
            isBroken = true
            return nil
        }
        switch reply {
        case .rows where entries[0].preludeLeft > 0 && entries[0].refusal == nil:
            entries[0].preludeLeft -= 1
        case .rows(let rows):
            entries[0].rows.append(rows)
            if entries[0].rows.count > entries[0].statementCount || entries[0].refusal != nil { isBroken = true }
        case .refused(let refusal):
            refuse(refusal, at: now)
        case .skipped:
            if entries[0].refusal == nil { isBroken = true }
        case .synchronized:
            return synchronize()
        }
        return nil
    }

    private mutating func refuse(_ refusal: ServerRefusal, at now: Instant) {
        if refusal.isFatal || refusal.state.condemnsConnection { sessionRefusal = sessionRefusal ?? refusal.state }
        hasEnded = hasEnded || refusal.isFatal && !refusal.reportsLoss
        if entries[0].rows.count == entries[0].statementCount {
            // The commit itself failed. libpq 15 then loses count of its replies, so that no further one can be
            // trusted, and whether the commit took place is not certain.
            isBroken = true
        } else {
            entries[0].isInterrupted = isStray(refusal, at: now)
            entries[0].refusal = refusal
            isBroken = isBroken || refusal.isFatal
            isSpent = isSpent || refusal.state.condemnsConnection
        }
    }

    private mutating func synchronize() -> Completion? {
        guard entries[0].refusal != nil || entries[0].rows.count == entries[0].statementCount else {
            isBroken = true
            return nil
        }
        let entry = entries.removeFirst()
        advance()
        guard !entry.isAbandoned else { return nil }
        let isRefused = entry.refusal != nil
        return Completion(
            work: entry.work, result: isRefused ? .failure(failure(of: entry, isFirst: true)) : .success(entry.rows))
    }

    /// Ends every transaction in flight, because the connection is lost or closed. The pipeline must not be used again.
    mutating func end() -> [Completion] {
        defer { entries = [] }
        return abandon()
    }

    /// Tells the outcome of every transaction in flight, because the server has been silent for too long. The server
    /// is to cancel them all, and the replies to come are for nobody.
    mutating func abandon() -> [Completion] {
        var completions: [Completion] = []
        for (index, entry) in entries.enumerated() where !entry.isAbandoned {
            completions.append(
                Completion(work: entry.work, result: .failure(failure(of: entry, isFirst: index == 0))))
            entries[index].isAbandoned = true
            entries[index].isCancelled = true
        }
        isSpent = true
        return completions
    }

    private func failure(of entry: Entry, isFirst: Bool) -> Failure {
        if entry.isInterrupted { return .interrupted }
        if let refusal = entry.refusal, !refusal.reportsLoss {
            // Another session may try a transaction that was undone because of its session.
            let isSessionsFault = refusal.isFatal || refusal.state.condemnsConnection
            return isSessionsFault ? .notRun : .refused(refusal.state, statement: entry.rows.count)
        }
        // When the server ends a session, it has begun the first transaction at most.
        return entry.isSent && (isFirst || !hasEnded) ? .lost : .notRun
    }
}

/// The cancelling of the first transaction in flight.
///
/// A cancel request names a session. The server cancels whatever that session runs when the request arrives, and
/// ignores a request between two messages (PostgreSQL documentation, "Canceling Requests in Progress"). So each request
/// is meant for the first transaction, and is repeated while that transaction runs. A request that hits another
/// transaction shows by its time, and that transaction runs again.
extension TransactionPipeline {
    /// Marks the transactions whose callers have been cancelled.
    mutating func noteCancelled(_ isCancelled: (Work) -> Bool) {
        for index in entries.indices where !entries[index].isCancelled {
            entries[index].isCancelled = isCancelled(entries[index].work)
        }
    }

    /// Whether a cancel request is due now. The caller then sends it and reports its end.
    mutating func takeCancelRequest(at now: Instant) -> Bool {
        guard let due = cancelDue(at: now), due <= now else { return false }
        cancelState = .inFlight(since: now, isForFirst: true)
        for index in entries.indices.dropFirst() { entries[index].exposedAt = now }
        return true
    }

    /// Notes that the server has passed the request on, or was not reached.
    mutating func cancelRequestIsOver(at now: Instant) {
        guard case .inFlight(_, let isForFirst) = cancelState else { return }
        cancelState = isForFirst ? .pausing(until: now + Self.pauseBetweenRequests) : .none
    }

    /// The next time to act when no reply arrives: the deadline, or the time of the next cancel request.
    func nextAct(after now: Instant) -> Instant? {
        guard let deadline else { return nil }
        return cancelDue(at: now).map { min($0, deadline) } ?? deadline
    }

    /// Notes that the first transaction is over, and with it the purpose of its cancel request.
    private mutating func advance() {
        switch cancelState {
        case .none, .pausing: cancelState = .none
        case .inFlight(let start, _): cancelState = .inFlight(since: start, isForFirst: false)
        }
    }

    /// Whether a cancel request for another transaction caused this refusal of the first one. A refusal long after the
    /// request may come from the server's own time limit, which has the same state.
    private func isStray(_ refusal: ServerRefusal, at now: Instant) -> Bool {
        guard refusal.state.isCancelling, !refusal.isFatal, !entries[0].isCancelled,
            let exposedAt = entries[0].exposedAt
        else { return false }
        return now - exposedAt < statementTimeout / 2
    }

    private func cancelDue(at now: Instant) -> Instant? {
        guard let first = entries.first, first.isCancelled, first.refusal == nil else { return nil }
        return switch cancelState {
        case .none: now
        case .inFlight: nil
        case .pausing(let end): end
        }
    }

    private static var pauseBetweenRequests: Duration { .milliseconds(100) }
}

/// A server's reply to one step of a transaction.
enum PipelineReply<Rows: Sendable>: Sendable {
    /// A statement was carried out.
    case rows(Rows)
    /// A statement, or the commit after the last one, was refused.
    case refused(ServerRefusal)
    /// A statement was not looked at, because an earlier one was refused.
    case skipped
    /// The end of the transaction: when nothing was refused, it is committed.
    case synchronized
}
