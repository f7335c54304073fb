import Bureau
import JSONRPC
import Repositories
import Services

extension Failure {
    /// The error with which a client is answered when a service fails.
    init(of error: ServiceError) {
        switch error {
        case .notFound: self.init(.notFound)
        case .alreadyExists(let debtID):
            self.init(.alreadyExists, details: debtID.map { [.text("debtId", $0.text)] } ?? [])
        case .versionConflict(let current): self.init(.versionConflict, details: [.integer("version", current)])
        case .forbidden(let cause): self.init(.forbidden, message: cause.sentence, details: cause.details)
        case .store(let error): self.init(of: error)
        case .invalidPatch(let pointer):
            let member = pointer.split(separator: "/").last ?? ""
            self = .invalidParams(
                at: "/patch\(pointer)", reason: "missing_member", accepted: "required: \(member)")
        case .invalid(let violations): self = .senseless(violations)
        case .limitReached(let limit, let most):
            self.init(.limitReached, details: [.text("limit", limit), .integer("most", Int64(most))])
        case .idempotencyConflict: self.init(.idempotencyConflict)
        case .eventConflict: self.init(.eventConflict)
        case .unscorable(let cause): self.init(.unscorable, details: [.text("cause", cause.rawValue)])
        case .contended, .overtaken: self.init(.busy, details: [.integer("retryAfterMs", 100)])
        case .outdated: self.init(.integrity, details: [Self.base(.a)])
        case .unreadable(let base): self.init(.integrity, details: [Self.base(base)])
        case .vault: self.init(.internalError, reason: "vault")
        }
    }

    /// The error for values that no schema refuses. `prefix` is the JSON Pointer of the record within the params.
    static func senseless(_ violations: [RuleViolation], at prefix: String = "") -> Failure {
        Failure(
            .invalidParams,
            violations: violations.map { violation in
                ParamsViolation(
                    pointer: prefix + violation.pointer, keyword: "", reason: violation.reason.rawValue,
                    accepted: violation.reason.accepted)
            })
    }

    private init(of error: StoreError) {
        switch error {
        case .unavailable(let base, let reason, let milliseconds):
            let sentence = reason.concernsKeyRing ? "The base's \(reason.detail)" : reason.cause.sentence
            self.init(
                .storeUnavailable, message: "\(sentence); nothing was written.",
                details: Self.details(base, reason) + [.integer("retryAfterMs", Int64(milliseconds))])
        case .outcomeUnknown(let base, let reason):
            self.init(.outcomeUnknown, details: Self.details(base, reason))
        case .auditUnavailable(let reason): self.init(.auditUnavailable, details: Self.details(.a, reason))
        case .journalUnavailable(let reason):
            self.init(.auditUnavailable, details: [.text("cause", reason.cause.rawValue)])
        case .corrupt(let base): self.init(.internalError, reason: "store_corrupt", details: [Self.base(base)])
        }
    }

    private static func base(_ base: Base) -> Detail {
        .text("base", base.rawValue)
    }

    private static func details(_ base: Base, _ reason: StoreReason) -> [Detail] {
        let code: [Detail] = reason.code.map { [.text("code", $0)] } ?? []
        return [Self.base(base), .text("cause", reason.cause.rawValue)] + code
    }
}

extension ForbiddenCause {
    /// What a client is told.
    fileprivate var sentence: String {
        switch self {
        case .policy: "The policy gives the role nothing of this for the purpose."
        case .role: "The role may not do this."
        case .fixed: "The process is fixed to another purpose or requester."
        case .erased: "The person's data were erased, and nothing more is kept of the person."
        case .blocked: "The person's data are blocked."
        case .disputed: "The debt is contested; dispute.resolve ends that."
        }
    }

    fileprivate var details: [Failure.Detail] {
        switch self {
        case .policy(let groups): [.text("cause", "policy"), .texts("groups", groups.list.map(\.rawValue))]
        case .role(let groups) where groups.isEmpty: [.text("cause", "role")]
        case .role(let groups): [.text("cause", "role"), .texts("groups", groups.list.map(\.rawValue))]
        case .fixed: [.text("cause", "fixed")]
        case .erased: [.text("cause", "erased")]
        case .blocked: [.text("cause", "blocked")]
        case .disputed: [.text("cause", "disputed")]
        }
    }
}

extension StoreReason.Cause {
    /// What a client is told, without a full stop.
    fileprivate var sentence: String {
        switch self {
        case .unreachable: "The store cannot be reached"
        case .notReady: "The store is starting or failing over"
        case .throttled: "The store limits the rate or its connections"
        case .full: "The store is full"
        case .readOnly: "The store takes no writes: it is read-only"
        case .refused: "The store refuses the daemon's credentials or rights"
        case .locked: "The store is locked by another session"
        case .failed: "The store failed"
        }
    }
}
