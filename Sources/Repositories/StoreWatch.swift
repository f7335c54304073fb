import Bureau
import Synchronization

/// Knows whether a base's store serves, from the outcomes of calls, and reports when it is lost and when it is back.
///
/// A store is back at the first success that is at least `settlingTime` after its last failure. A store that fails
/// every tenth call is therefore reported once, and not with each call.
public final class StoreWatch: Sendable {
    public enum Change: Hashable, Sendable {
        case lost(StoreReason)
        /// The store serves again; it did not for this long.
        case back(StoreReason, after: Duration)
    }

    private struct Loss {
        /// The latest one, because the first may have gone while another keeps the store from serving.
        var reason: StoreReason
        let since: ContinuousClock.Instant
        /// A commit was not confirmed: a store that reads, and even writes, may still not keep what it writes.
        var isOfCommit: Bool
        var lastFailure: ContinuousClock.Instant
    }

    private let report: @Sendable (Change) -> Void
    private let settlingTime: Duration
    private let loss = Mutex<Loss?>(nil)
    /// Lets a success skip the lock, because nearly all calls succeed.
    private let isLost = Atomic(false)
    private let losses = Atomic(0)

    /// `report` is called by the thread that saw the change, one change at a time.
    public init(settlingTime: Duration = .seconds(1), report: @escaping @Sendable (Change) -> Void) {
        self.settlingTime = settlingTime
        self.report = report
    }

    /// Why the store does not serve; nil when it does.
    public var reason: StoreReason? {
        isLost.load(ordering: .acquiring) ? loss.withLock { $0?.reason } : nil
    }

    /// How often the store was lost.
    public var lossCount: Int { losses.load(ordering: .relaxed) }

    /// Whether the store is lost because a commit was not confirmed.
    var isOfCommit: Bool { loss.withLock { $0?.isOfCommit ?? false } }

    /// What shows that the store serves.
    public enum Evidence: Sendable {
        case read
        /// Writes that were tried, and taken back.
        case check
        case write
    }

    /// How long a read or a check must find the store well until an unconfirmed commit is forgotten.
    private static let commitSettlingTime = Duration.seconds(60)

    /// Notes a call that failed because of the store.
    public func failed(_ reason: StoreReason, committing: Bool = false) {
        loss.withLock { loss in
            if loss == nil {
                loss = Loss(reason: reason, since: .now, isOfCommit: committing, lastFailure: .now)
                isLost.store(true, ordering: .releasing)
                losses.add(1, ordering: .relaxed)
                report(.lost(reason))
            } else {
                loss?.reason = reason
                loss?.isOfCommit = committing
                loss?.lastFailure = .now
            }
        }
    }

    /// Notes that the store served. A read does not end a loss that concerns writes alone.
    public func succeeded(_ evidence: Evidence) {
        guard isLost.load(ordering: .acquiring) else { return }
        loss.withLock { present in
            guard let lost = present, evidence != .read || !lost.reason.concernsWritesAlone else { return }
            let settlingTime = lost.isOfCommit && evidence != .write ? Self.commitSettlingTime : settlingTime
            guard ContinuousClock.now - lost.lastFailure >= settlingTime else { return }
            present = nil
            isLost.store(false, ordering: .releasing)
            report(.back(lost.reason, after: .now - lost.since))
        }
    }
}

extension StoreError {
    /// Whether a commit was not confirmed.
    var isOfCommit: Bool {
        if case .outcomeUnknown = self { true } else { false }
    }

    /// Why the store did not serve; nil when it answered, although not as expected, and when it was not asked.
    public var reason: StoreReason? {
        switch self {
        case .unavailable(_, let reason, _), .outcomeUnknown(_, let reason), .auditUnavailable(let reason): reason
        case .corrupt, .journalUnavailable: nil
        }
    }
}
