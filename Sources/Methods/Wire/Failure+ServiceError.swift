import Bureau
import JSONRPC
import Repositories
import Services

extension Failure {
    /// The error with which a client is answered when a service fails.
    init(of error: ServiceError) {
        switch error {
        case .notFound: self.init(.notFound)
        case .alreadyExists: self.init(.alreadyExists)
        case .versionConflict(let current): self.init(.versionConflict, details: [.integer("version", current)])
        case .forbidden: self.init(.forbidden)
        case .store(let error): self.init(of: error)
        case .invalidPatch(let pointer): self = .invalidParams(at: "/patch\(pointer)", reason: "missing_member")
        case .tooManyDebts(let limit):
            self = .invalidParams(at: "/debt", reason: "too_many_items", accepted: "at most \(limit)")
        case .contended: self.init(.busy, details: [.integer("retryAfterMs", 100)])
        case .unreadable(let base): self.init(.internalError, reason: "unreadable", details: [Self.base(base)])
        case .vault: self.init(.internalError, reason: "vault")
        }
    }

    private init(of error: StoreError) {
        switch error {
        case .unavailable(let base, let milliseconds):
            self.init(
                .storeUnavailable, details: [Self.base(base), .integer("retryAfterMs", Int64(milliseconds))])
        case .outcomeUnknown(let base): self.init(.outcomeUnknown, details: [Self.base(base)])
        case .auditUnavailable: self.init(.auditUnavailable, details: [Self.base(.a)])
        case .corrupt(let base): self.init(.internalError, reason: "store_corrupt", details: [Self.base(base)])
        }
    }

    private static func base(_ base: Base) -> Detail {
        .text("base", base.rawValue)
    }
}
