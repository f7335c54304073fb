import JSON
import JSONSchema

/// An error response: its code and the members of its `data`. It never holds a value of the request.
public struct Failure: Error, Sendable {
    /// A member of `data` beside `reason`.
    public enum Detail: Sendable {
        case integer(StaticString, Int64)
        /// A text of the program's own words, never of the user's.
        case text(StaticString, String)
        /// Names of the program's own.
        case texts(StaticString, [String])
    }

    public let code: ErrorCode
    /// A reason that is more precise than the code's own.
    public let reason: String?
    /// A sentence that is more precise than the code's own, in the program's own words.
    public let message: String?
    public let details: [Detail]
    public let violations: [ParamsViolation]

    public init(
        _ code: ErrorCode, reason: String? = nil, message: String? = nil, details: [Detail] = [],
        violations: [ParamsViolation] = []
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.violations = violations
    }

    /// Returns the failure for an invalid value that only a method, not its schema, can recognise.
    public static func invalidParams(at pointer: String, reason: String, accepted: String? = nil) -> Failure {
        Failure(
            .invalidParams,
            violations: [ParamsViolation(pointer: pointer, keyword: "", reason: reason, accepted: accepted)])
    }

    /// Appends the error object of JSON-RPC 2.0 §5.1.
    public func write(to writer: inout Writer) {
        writer.object { error in
            error.key("code")
            error.number(code.rawValue)
            error.key("message")
            error.string(message ?? code.message)
            error.key("data")
            error.object { data in
                data.key("reason")
                data.string(reason ?? code.reason)
                for detail in details {
                    switch detail {
                    case .integer(let key, let value):
                        data.key(key)
                        data.number(value)
                    case .text(let key, let value):
                        data.key(key)
                        data.string(value)
                    case .texts(let key, let values):
                        data.key(key)
                        data.array { list in
                            for value in values { list.string(value) }
                        }
                    }
                }
                if !violations.isEmpty { writeViolations(to: &data) }
            }
        }
    }

    private func writeViolations(to data: inout Writer) {
        data.key("violations")
        data.array { list in
            for violation in violations {
                list.object { item in
                    item.key("pointer")
                    item.string(violation.pointer)
                    item.key("keyword")
                    item.string(violation.keyword)
                    item.key("reason")
                    item.string(violation.reason)
                    if let accepted = violation.accepted {
                        item.key("accepted")
                        item.string(accepted)
                    }
                }
            }
        }
    }
}

/// One place where params are invalid, as a client is told: pointers and a reason, never a value.
public struct ParamsViolation: Hashable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value within the params.
    public let pointer: String
    /// The JSON Pointer of the keyword within the params' schema; empty when no keyword applies.
    public let keyword: String
    /// Stable, in snake case.
    public let reason: String
    /// What is accepted, in words.
    public let accepted: String?

    public init(pointer: String, keyword: String, reason: String, accepted: String?) {
        self.pointer = pointer
        self.keyword = keyword
        self.reason = reason
        self.accepted = accepted
    }
}

extension ParamsViolation {
    init(_ violation: Violation) {
        self.init(
            pointer: violation.instancePointer, keyword: violation.keywordPointer,
            reason: violation.reason.rawValue, accepted: violation.accepted)
    }
}

/// The code of an error response, with its stable reason and its message of one sentence.
///
/// Negative codes are those of JSON-RPC 2.0 (§5.1) and, for a cancelled request, of LSP. Positive codes are the
/// program's own.
public enum ErrorCode: Int, CaseIterable, Sendable {
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
    case idempotencyConflict = 1010
    case eventConflict = 1011
    case unscorable = 1012
    case limitReached = 1013
    case integrity = 1014

    /// The value of `data.reason` when no more precise reason is known.
    public var reason: String { texts.reason }
    /// The sentence of the error when a failure has none of its own.
    public var message: String { texts.message }

    private var texts: (reason: String, message: String) {
        switch self {
        case .parseError: ("parse_error", "The line is not one JSON text.")
        case .invalidRequest: ("invalid_request", "The line is not a JSON-RPC 2.0 request.")
        case .methodNotFound: ("method_not_found", "There is no such method.")
        case .invalidParams: ("invalid_params", "The params do not fit the method's schema.")
        case .internalError: ("internal_error", "The request failed inside the daemon.")
        case .requestCancelled: ("request_cancelled", "The request was cancelled.")
        case .notFound: ("not_found", "There is no such subject or record.")
        case .alreadyExists: ("already_exists", "There is one already.")
        case .versionConflict: ("version_conflict", "The expected version does not hold.")
        case .forbidden: ("forbidden", "The role or the purpose does not allow this.")
        case .storeUnavailable: ("store_unavailable", "The store cannot be reached; nothing was written.")
        case .outcomeUnknown:
            ("outcome_unknown", "The store went away before it confirmed; the write may or may not have taken place.")
        case .deadlineExceeded: ("deadline_exceeded", "The deadline passed before there was an answer.")
        case .auditUnavailable: ("audit_unavailable", "The access could not be recorded, so it was refused.")
        case .busy: ("busy", "Too much is in flight.")
        case .idempotencyConflict:
            ("idempotency_conflict", "The same idempotency key came before with other params or another method.")
        case .eventConflict: ("event_conflict", "There is an event with this identifier and other content.")
        case .unscorable: ("unscorable", "No score is computed for this person.")
        case .limitReached: ("limit_reached", "The record holds as many as it may.")
        case .integrity:
            ("integrity", "A stored value does not open where it lies: it was damaged, moved, or put back.")
        }
    }
}
