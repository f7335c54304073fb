import Bureau

/// Why a store could not serve a whole call. What concerns one item is in that item's outcome.
package enum StoreError: Error, Hashable, Sendable {
    /// The store cannot be reached, or cannot take the work now; nothing was written.
    case unavailable(Base, retryAfterMilliseconds: Int)
    /// The store went away between a commit and its answer: what was to be written may be there or not.
    case outcomeUnknown(Base)
    /// A read of base A that could not be recorded in the audit log, and so did not take place.
    case auditUnavailable
    /// What lies in the store does not have the shape that this program wrote.
    case corrupt(Base)
}
