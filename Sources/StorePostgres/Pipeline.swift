/// The exchanges under way on one connection, in the order in which they were sent, and what is known of each.
///
/// A pure value: it is told what was sent and what came back, and tells what became of the exchanges. Each exchange is
/// an implicit transaction between two synchronization points (PostgreSQL documentation, "Pipeline Mode"): the server
/// commits it when it reaches the second, so what was not sent up to there cannot be committed.
struct Pipeline<Work, Rows: Sendable> {
    typealias Instant = ContinuousClock.Instant

    struct Entry {
        let work: Work
        let statementCount: Int
        let deadline: Instant
        var isSent = false
        var rows: [Rows] = []
        var refusal: Refusal?
        /// Nobody wants it any more.
        var isCancelled = false
        /// When the last cancel request was asked for that was meant for another and may hit this one.
        var exposedAt: Instant?
        /// A cancel request that was meant for another has undone it.
        var isInterrupted = false
    }

    /// An exchange that is over.
    struct Completion {
        let work: Work
        let result: Result<[Rows], ExchangeFailure>
    }

    /// The state of the one cancel request that may be on its way.
    enum CancelRequest: Hashable {
        case none
        case underWay(since: Instant, isForFirst: Bool)
        /// It is over, and what it was meant for goes on: the server may have passed over it.
        case pausing(until: Instant)
    }

    /// How long the server may work on a statement before it gives it up by itself.
    let statementTimeout: Duration
    var entries: [Entry] = []
    var cancelRequest = CancelRequest.none
    /// The server's last word was that it ends the session; it does not get to what comes after.
    private var hasEnded = false
    /// The answers do not fit what was asked, or the session is over: the connection has to be closed now.
    private(set) var isBroken = false
    /// The session serves what is under way, and nothing after it.
    private(set) var isSpent = false

    init(statementTimeout: Duration) {
        self.statementTimeout = statementTimeout
    }

    var count: Int { entries.count }

    /// When the oldest exchange has taken too long; nil when none is under way.
    var deadline: Instant? { entries.first?.deadline }

    /// Adds an exchange that is about to be sent.
    mutating func add(_ work: Work, statementCount: Int, deadline: Instant) {
        var entry = Entry(work: work, statementCount: statementCount, deadline: deadline)
        if case .underWay(let start, _) = cancelRequest { entry.exposedAt = start }
        entries.append(entry)
    }

    /// Everything that was added is in the system's hands.
    mutating func allSent() {
        for index in entries.indices.reversed() {
            guard !entries[index].isSent else { return }
            entries[index].isSent = true
        }
    }

    /// Takes the next answer, which was there at `now`; returns the exchange that it ends.
    mutating func receive(_ answer: Answer<Rows>, at now: Instant) -> Completion? {
        guard !entries.isEmpty else {
            isBroken = true
            return nil
        }
        switch answer {
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

    private mutating func refuse(_ refusal: Refusal, at now: Instant) {
        hasEnded = hasEnded || refusal.isFatal
        if entries[0].rows.count == entries[0].statementCount {
            // The commit itself failed. libpq 15 then loses count of its answers, so no more of them can be trusted;
            // and whether the commit took place is not for certain.
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
        passOver()
        let isRefused = entry.refusal != nil
        return Completion(
            work: entry.work, result: isRefused ? .failure(failure(of: entry, isFirst: true)) : .success(entry.rows))
    }

    /// Ends all that is under way, because the connection is lost or given up. The pipeline is of no use afterwards.
    mutating func end() -> [Completion] {
        let ended = entries
        entries = []
        return ended.enumerated().map { index, entry in
            Completion(work: entry.work, result: .failure(failure(of: entry, isFirst: index == 0)))
        }
    }

    private func failure(of entry: Entry, isFirst: Bool) -> ExchangeFailure {
        if entry.isInterrupted { return .interrupted }
        if let refusal = entry.refusal { return failure(of: refusal, statement: entry.rows.count) }
        // A session that the server ends has not begun what comes after what it was at.
        return entry.isSent && (isFirst || !hasEnded) ? .lost : .notRun
    }

    /// What a refused statement undid may be tried on another session when it was the session's fault.
    private func failure(of refusal: Refusal, statement: Int) -> ExchangeFailure {
        refusal.isFatal || refusal.state.condemnsConnection ? .notRun : .refused(refusal.state, statement: statement)
    }
}
