/// The exchanges under way on one connection, in the order in which they were sent, and what is known of each.
///
/// A pure value: it is told what was sent and what came back, and tells what became of the exchanges. Each exchange is
/// an implicit transaction between two synchronization points (PostgreSQL documentation, "Pipeline Mode"): the server
/// commits it when it reaches the second, so what was not sent up to there cannot be committed.
struct Pipeline<Work, Rows: Sendable> {
    private struct Entry {
        let work: Work
        let statementCount: Int
        let deadline: ContinuousClock.Instant
        var isSent = false
        var rows: [Rows] = []
        var refusal: Refusal?
    }

    /// An exchange that is over.
    struct Completion {
        let work: Work
        let result: Result<[Rows], ExchangeFailure>
    }

    private var entries: [Entry] = []
    /// The server's last word was that it ends the session; it does not get to what comes after.
    private var hasEnded = false
    /// The answers do not fit what was asked, or the session is over: the connection has to be closed now.
    private(set) var isBroken = false
    /// The session serves what is under way, and nothing after it.
    private(set) var isSpent = false

    var count: Int { entries.count }

    /// When the oldest exchange has taken too long; nil when none is under way.
    var deadline: ContinuousClock.Instant? { entries.first?.deadline }

    /// Adds an exchange that is about to be sent.
    mutating func add(_ work: Work, statementCount: Int, deadline: ContinuousClock.Instant) {
        entries.append(Entry(work: work, statementCount: statementCount, deadline: deadline))
    }

    /// Everything that was added is in the system's hands.
    mutating func allSent() {
        for index in entries.indices.reversed() {
            guard !entries[index].isSent else { return }
            entries[index].isSent = true
        }
    }

    /// Takes the next answer; returns the exchange that it ends.
    mutating func receive(_ answer: Answer<Rows>) -> Completion? {
        guard !entries.isEmpty else {
            isBroken = true
            return nil
        }
        switch answer {
        case .rows(let rows):
            entries[0].rows.append(rows)
            if entries[0].rows.count > entries[0].statementCount || entries[0].refusal != nil { isBroken = true }
        case .refused(let refusal):
            refuse(refusal)
        case .skipped:
            if entries[0].refusal == nil { isBroken = true }
        case .synchronized:
            return synchronize()
        }
        return nil
    }

    private mutating func refuse(_ refusal: Refusal) {
        hasEnded = hasEnded || refusal.isFatal
        if entries[0].rows.count == entries[0].statementCount {
            // The commit itself failed. libpq 15 then loses count of its answers, so no more of them can be trusted;
            // and whether the commit took place is not for certain.
            isBroken = true
        } else {
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
        let result: Result<[Rows], ExchangeFailure> =
            entry.refusal.map { .failure(failure(of: $0, statement: entry.rows.count)) } ?? .success(entry.rows)
        return Completion(work: entry.work, result: result)
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
        if let refusal = entry.refusal { return failure(of: refusal, statement: entry.rows.count) }
        // A session that the server ends has not begun what comes after what it was at.
        return entry.isSent && (isFirst || !hasEnded) ? .lost : .notRun
    }

    /// What a refused statement undid may be tried on another session when it was the session's fault.
    private func failure(of refusal: Refusal, statement: Int) -> ExchangeFailure {
        refusal.isFatal || refusal.state.condemnsConnection ? .notRun : .refused(refusal.state, statement: statement)
    }
}
