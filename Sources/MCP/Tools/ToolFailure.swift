import JSON

/// Why a call of a tool failed, in words that a model can act on. The words hold no value of the arguments.
public struct ToolFailure: Error, Sendable {
    /// The stable name of the cause, which numbers are kept by.
    let reason: String
    private let message: String

    init(_ reason: String, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// The text of a result with `isError`.
    public var text: String { "\(reason): \(message)" }

    static func notAnObject(_ accepted: [String]) -> ToolFailure {
        ToolFailure("wrong_type", "the arguments must be one object. It takes: \(list(accepted)).")
    }

    static func unknownArgument(_ accepted: [String], isPinned: Bool) -> ToolFailure {
        let reason = isPinned ? "The operator has fixed an argument that was given." : "An argument is not known."
        return ToolFailure(
            "unknown_member", "\(reason) The tool takes only: \(list(accepted)). Call it again with these alone.")
    }

    static func missingArgument(_ name: String) -> ToolFailure {
        ToolFailure("missing_member", "`\(name)` is needed. If you do not know it, ask the user.")
    }

    static func wrongRemoval(_ accepted: [String]) -> ToolFailure {
        ToolFailure("invalid_value", "`remove` is a list of: \(list(accepted)).")
    }

    static let doubledRemoval = ToolFailure(
        "invalid_value", "a member is in `remove` twice, or in `patch` too. Name each member once.")

    static let unknownCursor = ToolFailure(
        "unknown_cursor", "this cursor is not known, or no longer. Begin again without `cursor`.")

    static func hiddenList(_ name: String) -> ToolFailure {
        ToolFailure(
            "forbidden",
            """
            `\(name)` cannot be written by this tool, because a part of it is hidden from you and \
            would be lost. Nothing was written. Tell the user that the operator has to reveal `text` for this.
            """)
    }

    static func maskedText(_ place: String) -> ToolFailure {
        ToolFailure(
            "masked_value",
            """
            \(place) has a masked form, such as initials or asterisks. Nothing was written. Ask the \
            user for the whole value, or leave the member out.
            """)
    }

    static func tooManyCalls(_ limit: Int, waitSeconds: Int) -> ToolFailure {
        ToolFailure(
            "rate_limited", "at most \(limit) calls a minute. Wait \(waitSeconds) seconds before the next call.")
    }

    static func tooManySubjects(_ limit: Int, waitSeconds: Int) -> ToolFailure {
        ToolFailure(
            "rate_limited",
            """
            at most \(limit) different persons an hour. Wait \(waitSeconds) seconds before asking for \
            another person, or ask about those you have asked for already. Tell the user.
            """)
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
}

extension ToolFailure {
    /// Puts an error of the plain protocol into words: reason, code and message, what `data` holds, and what to do
    /// next. `names` are those of the tool's arguments; a pointer ends before any other.
    static func text(of error: Value, names: Set<String>) -> String {
        let data = error["data"]
        let reason = data?["reason"]?.string ?? "error"
        let code = error["code"]?.int64 ?? 0
        var lines = ["\(reason) (\(code)): \(error["message"]?.string ?? "")"]
        let details = data.map { self.details(of: $0) } ?? []
        if !details.isEmpty { lines.append(details.joined(separator: ", ")) }
        for violation in data?["violations"].map({ Array($0.elements) }) ?? [] {
            let place = pointer(violation["pointer"]?.string ?? "", names)
            var line = "\(place): \(violation["reason"]?.string ?? "")"
            if let accepted = violation["accepted"]?.string { line += "; accepted: \(accepted)" }
            lines.append(line)
        }
        lines.append("Next: \(advice(reason, code: code))")
        return lines.joined(separator: "\n")
    }

    /// The members of `data` beside the reason and the violations: numbers and names of the program's own.
    private static func details(of data: Value) -> [String] {
        data.members.compactMap { member in
            guard let key = member.key.string, key != "reason", key != "violations" else { return nil }
            switch member.value.kind {
            case .string: return member.value.string.map { "\(key): \($0)" }
            case .number: return member.value.int64.map { "\(key): \($0)" }
            case .array: return "\(key): \(member.value.elements.compactMap(\.string).joined(separator: " "))"
            default: return nil
            }
        }
    }

    /// A pointer up to its first segment that is neither a name of the schema nor an index.
    private static func pointer(_ pointer: String, _ names: Set<String>) -> String {
        var known = ""
        for segment in pointer.split(separator: "/") {
            let isIndex = segment.count <= 3 && segment.allSatisfy { $0.isASCII && $0.isNumber }
            guard isIndex || names.contains(String(segment)) else { break }
            known += "/\(segment)"
        }
        return known.isEmpty ? "arguments" : known
    }

    private static func advice(_ reason: String, code: Int64) -> String {
        switch (reason, code) {
        case ("not_found", _): "check the identifiers with the user; another base may still know the person."
        case ("already_exists", _): "read the record, and change it instead."
        case ("version_conflict", _): "read the record again and repeat the call with its version."
        case ("forbidden", _): "do not try other purposes; tell the user that the operator has to allow this."
        case ("store_unavailable", _): "nothing was written; wait and try once more, then tell the user."
        case ("outcome_unknown", _): "it may have been written; read before you write again."
        case ("deadline_exceeded", _), ("busy", _): "wait and try once more."
        case ("audit_unavailable", _): "nothing was read; tell the user, and try later."
        case ("idempotency_conflict", _): "use another key for another call."
        case ("event_conflict", _): "use another eventId, or none."
        case ("unscorable", _): "tell the user the cause; there is no score to compute."
        case ("limit_reached", _): "tell the user; nothing more can be added."
        case ("integrity", _): "tell the user that the record is damaged; do not try again."
        case (_, -32602): "correct these arguments and call again."
        case (_, -32800): "it was cancelled; call again only if it is still needed."
        default: "do not repeat the same call; tell the user."
        }
    }
}
