import JSON

/// One message, told apart by its members (JSON-RPC 2.0 §4): views into the line, valid as long as it is.
struct Envelope {
    /// What a message turned out to be.
    enum Message {
        /// A request; a notification when it has no id.
        case call(Envelope)
        /// A response, which a daemon that never asks has no use for.
        case response
        /// Not a request. `id` is its id where that can be told, and null otherwise.
        case invalid(Failure, id: Value?)
    }

    var id: Value?
    var method: Value
    var params: Value?
    var meta: Value?

    /// Classifies a parsed line, or one item of a batch.
    static func classify(_ value: Value, limits: Limits) -> Message {
        guard value.kind == .object else {
            return .invalid(Failure(.invalidRequest, reason: "not_an_object"), id: nil)
        }
        var members = EnvelopeMembers()
        var isRepeated = false
        for member in value.members where !members.take(member) { isRepeated = true }
        if isRepeated || members.hasOthers && value.ownDuplicateKey != nil {
            return .invalid(Failure(.invalidRequest, reason: "duplicate_key"), id: nil)
        }
        if let id = members.id, let reason = refusal(of: id, limits: limits) {
            return .invalid(Failure(.invalidRequest, reason: reason), id: nil)
        }
        return classify(members)
    }

    private static func classify(_ members: EnvelopeMembers) -> Message {
        if members.hasOutcome, members.method == nil { return .response }
        if let reason = members.flaw { return .invalid(Failure(.invalidRequest, reason: reason), id: members.id) }
        guard let method = members.method else {
            return .invalid(Failure(.invalidRequest, reason: "no_method"), id: members.id)
        }
        return .call(Envelope(id: members.id, method: method, params: members.params, meta: members.meta))
    }

    private static func refusal(of id: Value, limits: Limits) -> String? {
        switch id.kind {
        case .string, .number, .null: id.rawText.count > limits.maximumIDBytes ? "id_too_long" : nil
        default: "wrong_id_type"
        }
    }
}

/// The members of an envelope as they are met.
private struct EnvelopeMembers {
    var version: Value?
    var id: Value?
    var method: Value?
    var params: Value?
    var meta: Value?
    var hasOutcome = false
    private var hasUnknown = false

    /// Whether there are members of which a second one would go unnoticed.
    var hasOthers: Bool { hasUnknown || hasOutcome }

    /// Why these members do not make a request; nil when they do.
    var flaw: String? {
        if version?.equals("2.0") != true { return "wrong_version" }
        if hasOutcome { return "both_request_and_response" }
        if hasUnknown { return "unknown_member" }
        guard method?.kind == .string else { return method == nil ? "no_method" : "wrong_method_type" }
        if let params, !params.isContainer { return "wrong_params_type" }
        return nil
    }

    /// Takes a member; false when one of its name was taken before.
    mutating func take(_ member: Value.Member) -> Bool {
        let key = member.key
        if key.equals("id") { return Self.set(&id, member.value) }
        if key.equals("method") { return Self.set(&method, member.value) }
        if key.equals("params") { return Self.set(&params, member.value) }
        if key.equals("jsonrpc") { return Self.set(&version, member.value) }
        if key.equals("meta") { return Self.set(&meta, member.value) }
        if key.equals("result") || key.equals("error") { hasOutcome = true } else { hasUnknown = true }
        return true
    }

    private static func set(_ member: inout Value?, _ value: Value) -> Bool {
        if member != nil { return false }
        member = value
        return true
    }
}
