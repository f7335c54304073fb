import Bureau
import Synchronization

/// Knows whether a base's store serves, from the outcomes of calls, and reports when it is lost and when it is back.
///
/// A store is back at the first success that is at least `settlingTime` after its last failure. A store that fails
/// every tenth call is therefore reported once, and not with each call.
package final class StoreWatch: Sendable {
    package enum Change: Hashable, Sendable {
        case lost(StoreReason)
        /// The store serves again; it did not for this long.
        case back(StoreReason, after: Duration)
    }

    private struct Loss {
        /// The latest one, because the first may have gone while another keeps the store from serving.
        var reason: StoreReason
        let since: ContinuousClock.Instant
        var lastFailure: ContinuousClock.Instant
    }

    private let report: @Sendable (Change) -> Void
    private let settlingTime: Duration
    private let loss = Mutex<Loss?>(nil)
    /// Lets a success skip the lock, because nearly all calls succeed.
    private let isLost = Atomic(false)

    /// `report` is called by the thread that saw the change, one change at a time.
    package init(settlingTime: Duration = .seconds(1), report: @escaping @Sendable (Change) -> Void) {
        self.settlingTime = settlingTime
        self.report = report
    }

    /// Why the store does not serve; nil when it does.
    package var reason: StoreReason? {
        isLost.load(ordering: .acquiring) ? loss.withLock { $0?.reason } : nil
    }

    /// Notes a call that failed because of the store.
    package func failed(_ reason: StoreReason) {
        loss.withLock { loss in
            if loss == nil {
                loss = Loss(reason: reason, since: .now, lastFailure: .now)
                isLost.store(true, ordering: .releasing)
                report(.lost(reason))
            } else {
                loss?.reason = reason
                loss?.lastFailure = .now
            }
        }
    }

    /// Notes a call that the store served. A read does not end a loss that concerns writes alone.
    package func succeeded(writing: Bool) {
        guard isLost.load(ordering: .acquiring) else { return }
        loss.withLock { present in
            guard let lost = present, writing || !lost.reason.concernsWritesAlone,
                ContinuousClock.now - lost.lastFailure >= settlingTime
            else { return }
            present = nil
            isLost.store(false, ordering: .releasing)
            report(.back(lost.reason, after: .now - lost.since))
        }
    }
}

extension StoreError {
    /// Why the store did not serve; nil when it answered, although not as expected.
    package var reason: StoreReason? {
        switch self {
        case .unavailable(_, let reason, _), .outcomeUnknown(_, let reason), .auditUnavailable(let reason): reason
        case .corrupt: nil
        }
    }
}
