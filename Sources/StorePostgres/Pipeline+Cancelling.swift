/// The cancelling of what the server is at.
///
/// A cancel request names a session and not a statement: the server gives up what the session is at when the request
/// gets there, be it by then the next exchange, and passes over it between two messages (PostgreSQL documentation,
/// "Canceling Requests in Progress"). So only the first exchange is ever meant, one that goes on is asked for again,
/// and one that was hit in another's stead is known by the request that was on its way.
extension Pipeline {
    /// Looks which exchanges nobody wants any more.
    mutating func noteCancelled(_ isCancelled: (Work) -> Bool) {
        for index in entries.indices where !entries[index].isCancelled {
            entries[index].isCancelled = isCancelled(entries[index].work)
        }
    }

    /// Whether a cancel request is to be sent now. The one who asks sends it, and says when it is over.
    mutating func takeCancelRequest(at now: Instant) -> Bool {
        guard let due = cancelDue(at: now), due <= now else { return false }
        cancelRequest = .underWay(since: now, isForFirst: true)
        for index in entries.indices.dropFirst() { entries[index].exposedAt = now }
        return true
    }

    /// The server has passed the request on, or was not reached.
    mutating func cancelRequestIsOver(at now: Instant) {
        guard case .underWay(_, let isForFirst) = cancelRequest else { return }
        cancelRequest = isForFirst ? .pausing(until: now + Self.pauseBetweenRequests) : .none
    }

    /// When there is something to do though nothing arrives: the deadline, or the next cancel request.
    func nextAct(after now: Instant) -> Instant? {
        guard let deadline else { return nil }
        return cancelDue(at: now).map { min($0, deadline) } ?? deadline
    }

    /// The first exchange is over, and the next has its place.
    mutating func passOver() {
        switch cancelRequest {
        case .none, .pausing: cancelRequest = .none
        case .underWay(let start, _): cancelRequest = .underWay(since: start, isForFirst: false)
        }
    }

    /// Whether a refusal of the first exchange is due to a cancel request that was meant for another. One that comes
    /// long after may be due to the server's own time limit, which has the same state.
    func isStray(_ refusal: Refusal, at now: Instant) -> Bool {
        guard refusal.state.isCancelling, !refusal.isFatal, !entries[0].isCancelled,
            let exposedAt = entries[0].exposedAt
        else { return false }
        return now - exposedAt < statementTimeout / 2
    }

    private func cancelDue(at now: Instant) -> Instant? {
        guard let first = entries.first, first.isCancelled, first.refusal == nil else { return nil }
        return switch cancelRequest {
        case .none: now
        case .underWay: nil
        case .pausing(let end): end
        }
    }

    private static var pauseBetweenRequests: Duration { .milliseconds(100) }
}
