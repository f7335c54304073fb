import JSON
import JSONRPC

/// What an error means for who called, and what its `data` holds beside `reason`.
struct ErrorMeaning {
    let meaning: String
    let members: [(name: String, text: String)]

    private init(_ meaning: String, _ members: [(name: String, text: String)] = []) {
        self.meaning = meaning
        self.members = members
    }

    private static let base = (name: "base", text: "a, b or c")
    private static let cause = (
        name: "cause", text: "unreachable, not_ready, throttled, full, read_only, refused, locked or failed"
    )
    private static let storeCode = (name: "code", text: "the store's own code, where it has one")
    private static let retry = (name: "retryAfterMs", text: "when to try again")
    private static let violations = (
        name: "violations", text: "for each value: pointer, keyword, reason and what is accepted; never the value"
    )

    init(of code: ErrorCode) {
        switch code {
        case .parseError:
            self.init("Fix the line. The reason is that of the JSON text.", [("offset", "in bytes from its start")])
        case .invalidRequest:
            self.init(
                "Fix the message: its members, its id, its size.",
                [("pointer", "of the member of meta"), ("maximum", "where a limit was passed")])
        case .methodNotFound: self.init("Take one of this page.", [("didYouMean", "a method with a similar name")])
        case .invalidParams: self.init("Correct each value that is named.", [Self.violations])
        case .internalError: self.init("Nothing that the request can mend: look at the log.", [Self.base])
        case .requestCancelled: self.init("By $/cancelRequest. A write under way may still have taken effect.")
        case .notFound: self.init("Create it, or look whether the CPF or identifier is right.")
        case .alreadyExists: self.init("Read it, or change it.", [("debtId", "of the debt that has the contract")])
        case .versionConflict:
            self.init("Somebody wrote meanwhile: read again.", [("version", "the current version")])
        case .forbidden:
            self.init(
                "The same call will be refused again.",
                [
                    ("cause", "policy, role, fixed, erased, blocked or disputed"),
                    ("groups", "the field groups that are missing"),
                ])
        case .storeUnavailable:
            self.init("Try again.", [Self.base, Self.cause, Self.storeCode, Self.retry])
        case .outcomeUnknown:
            self.init("Ask, or send it again under its idempotencyKey.", [Self.base, Self.cause, Self.storeCode])
        case .deadlineExceeded:
            self.init("A write under way may still have taken effect.", [("timeoutMs", "the time that had passed")])
        case .auditUnavailable:
            self.init("An access that is not recorded is refused: try again.", [Self.base, Self.cause, Self.storeCode])
        case .busy: self.init("Others write the same record, or there is no room in flight: try again.", [Self.retry])
        case .idempotencyConflict: self.init("Take a new key for another request.")
        case .eventConflict: self.init("Take another eventId, or send the event as it was.")
        case .unscorable:
            self.init(
                "No score is computed for this person.",
                [("cause", "under_18, deceased, implausible_birth_date or cadastro_cancelled")])
        case .limitReached:
            self.init(
                "Remove something first.", [("limit", "the name of the limit"), ("most", "how many it allows")])
        case .integrity: self.init("A stored value was damaged, moved or put back: tell the operator.", [Self.base])
        }
    }
}
