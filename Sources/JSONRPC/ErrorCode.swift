/// Every error that a client can be answered with: its code, its stable reason and its one sentence.
///
/// The codes below zero are JSON-RPC 2.0's (§5.1) and LSP's for a cancelled request; those above are the program's
/// own.
package enum ErrorCode: Int, CaseIterable, Sendable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case internalError = -32603
    case requestCancelled = -32800
    case notFound = 1001
    case alreadyExists = 1002
    case versionConflict = 1003
    case forbidden = 1004
    case storeUnavailable = 1005
    case outcomeUnknown = 1006
    case deadlineExceeded = 1007
    case auditUnavailable = 1008
    case busy = 1009

    /// The value of `data.reason` when nothing more precise is known.
    package var reason: String {
        switch self {
        case .parseError: "parse_error"
        case .invalidRequest: "invalid_request"
        case .methodNotFound: "method_not_found"
        case .invalidParams: "invalid_params"
        case .internalError: "internal_error"
        case .requestCancelled: "request_cancelled"
        case .notFound: "not_found"
        case .alreadyExists: "already_exists"
        case .versionConflict: "version_conflict"
        case .forbidden: "forbidden"
        case .storeUnavailable: "store_unavailable"
        case .outcomeUnknown: "outcome_unknown"
        case .deadlineExceeded: "deadline_exceeded"
        case .auditUnavailable: "audit_unavailable"
        case .busy: "busy"
        }
    }

    package var message: String {
        switch self {
        case .parseError: "The line is not one JSON text."
        case .invalidRequest: "The line is not a JSON-RPC 2.0 request."
        case .methodNotFound: "There is no such method."
        case .invalidParams: "The params do not fit the method's schema."
        case .internalError: "The request failed inside the daemon."
        case .requestCancelled: "The request was cancelled."
        case .notFound: "There is no such subject or record."
        case .alreadyExists: "There is one already."
        case .versionConflict: "The expected version does not hold."
        case .forbidden: "The purpose does not allow this."
        case .storeUnavailable: "The store cannot be reached; nothing was written."
        case .outcomeUnknown: "The store went away before it confirmed; the write may or may not have taken place."
        case .deadlineExceeded: "The deadline passed before there was an answer."
        case .auditUnavailable: "The read could not be recorded, so it was refused."
        case .busy: "Too much is in flight."
        }
    }
}
