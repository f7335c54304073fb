import Bureau
import Repositories

/// Why one item of a batch could not be served.
package enum ServiceError: Error, Hashable, Sendable {
    case notFound
    case alreadyExists
    /// The version that the caller expected does not hold; `current` is the one that does.
    case versionConflict(current: Int64)
    /// The purpose does not allow this operation.
    case forbidden
    /// The store could not serve the whole batch.
    case store(StoreError)
    /// A patch that leaves no valid record: the JSON Pointer of the member within the patch.
    case invalidPatch(pointer: String)
    /// A person has as many debts as there may be.
    case tooManyDebts(limit: Int)
    /// Others kept writing the same record; nothing was written.
    case contended
    /// A sealed value that does not open: it is damaged, out of its place, or of another key ring.
    case unreadable(Base)
    /// The vault could not seal.
    case vault
}

extension ServiceError {
    init(_ error: PatchError) {
        switch error {
        case .requiredMemberMissing(let pointer): self = .invalidPatch(pointer: pointer)
        }
    }
}
