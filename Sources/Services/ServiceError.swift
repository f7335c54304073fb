import Bureau
import Repositories

/// Why one item of a batch could not be served.
public enum ServiceError: Error, Hashable, Sendable {
    case notFound
    /// There is one already; for a debt, the one that has the contract.
    case alreadyExists(debtID: RecordID? = nil)
    /// The version that the caller expected does not hold; `current` does.
    case versionConflict(current: Int64)
    /// The actor may not do this.
    case forbidden(ForbiddenCause)
    /// The store could not serve the whole batch.
    case store(StoreError)
    /// A patch that leaves no valid record; `pointer` is the JSON Pointer of the member within the patch.
    case invalidPatch(pointer: String)
    /// Values that make no sense now, or beside each other.
    case invalid([RuleViolation])
    /// The record holds as many as it may: `most` of what `limit` names.
    case limitReached(limit: String, most: Int)
    /// The same idempotency key came before with other params or another method.
    case idempotencyConflict
    /// There is an event with this identifier and other content.
    case eventConflict
    /// No score is computed for this person.
    case unscorable(UnscorableCause)
    /// Other writers kept changing the record; nothing was written.
    case contended
    /// What the write was made from has changed, and it has to be made anew, which the services do themselves.
    case overtaken
    /// A payment is older than this machine has seen it, or was written after it was read, which the services find out
    /// themselves.
    case outdated(PaymentKey, by: SeenVersion)
    /// A sealed value that does not open: it is damaged, moved, or sealed under another key ring; or a record that is
    /// older than this machine has seen it.
    case unreadable(Base)
    /// The vault could not seal.
    case vault
}

/// Why an actor may not do something.
public enum ForbiddenCause: Hashable, Sendable {
    /// The policy gives the actor's role none of these groups for the purpose.
    case policy(FieldGroups)
    /// The actor's role may not change these groups; none are named when it lacks a duty.
    case role(FieldGroups)
    /// The process is fixed to another purpose or requester.
    case fixed
    /// The subject has been erased and is never written again.
    case erased
    /// The subject's data are blocked.
    case blocked
    /// The debt is contested, and stays so until its dispute ends.
    case disputed
}

extension ServiceError {
    init(_ error: PatchError) {
        switch error {
        case .requiredMemberMissing(let pointer): self = .invalidPatch(pointer: pointer)
        }
    }
}
