import Bureau
import Repositories

/// Why one item of a batch could not be served.
package enum ServiceError: Error, Hashable, Sendable {
    case notFound
    case alreadyExists
    /// The version that the caller expected does not hold; `current` does.
    case versionConflict(current: Int64)
    /// The purpose does not allow this operation.
    case forbidden
    /// The store could not serve the whole batch.
    case store(StoreError)
    /// A patch that leaves no valid record; `pointer` is the JSON Pointer of the member within the patch.
    case invalidPatch(pointer: String)
    /// The person has as many debts as a person may have.
    case tooManyDebts(limit: Int)
    /// Other writers kept changing the record; nothing was written.
    case contended
    /// A sealed value that does not open: it is damaged, moved, or sealed under another key ring.
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
