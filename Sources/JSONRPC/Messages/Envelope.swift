import JSON

/// The members of a request (JSON-RPC 2.0 §4): views into its line, valid while the line is.
struct Envelope {
    /// The kind of a message, by its members.
    enum Message {
        /// A request; a notification when it has no id.
        case call(Envelope)
        /// A request that is valid but for members that only another protocol's messages may have.
        case extended(Envelope)
        /// A response, which answers no plain request because the daemon never sends one.
        case response
        /// No valid request. The id is nil when the message has no valid id.
        case invalid(Failure, id: Value?)

        fileprivate static func invalid(_ flaw: RequestFlaw, id: Value? = nil) -> Message {
            .invalid(Failure(flaw), id: id)
        }
    }

    /// Nil for a notification.
    var id: Value?
    var method: Value
    var params: Value?
    var meta: Value?

    /// The id as it was written; no bytes for a notification.
    var idText: UnsafeBufferPointer<UInt8> { id?.rawText ?? UnsafeBufferPointer(start: nil, count: 0) }

    /// Classifies a parsed line, or one item of a batch.
    static func classify(_ value: Value, limits: Limits) -> Message {
        guard value.kind == .object else { return .invalid(.notAnObject) }
        var members = EnvelopeMembers()
        var isRepeated = false
        for member in value.members where !members.take(member) { isRepeated = true }
        if isRepeated || members.hasOthers && value.ownDuplicateKey != nil { return .invalid(.duplicateKey) }
        if let id = members.id, let flaw = refusal(of: id, limits: limits) { return .invalid(flaw) }
        if members.hasOutcome, members.method == nil { return .response }
        if let flaw = members.flaw { return .invalid(flaw, id: members.id) }
        guard let method = members.method else { return .invalid(.noMethod, id: members.id) }
        let call = Envelope(id: members.id, method: method, params: members.params, meta: members.meta)
        return members.hasUnknown ? .extended(call) : .call(call)
    }

    /// Returns why an id is refused; nil when it is valid.
    private static func refusal(of id: Value, limits: Limits) -> RequestFlaw? {
        switch id.kind {
        case .string, .number, .null: id.rawText.count > limits.maximumIDBytes ? .idTooLong : nil
        default: .wrongIDType
        }
    }
}

/// The members of a message, collected in one pass.
private struct EnvelopeMembers {
    var version: Value?
    var id: Value?
    var method: Value?
    var params: Value?
    var meta: Value?
    var hasOutcome = false
    private(set) var hasUnknown = false

    /// Whether there are members whose repetition `take` does not notice.
    var hasOthers: Bool { hasUnknown || hasOutcome }

    /// The reason why these members do not form a request; nil when they do.
    var flaw: RequestFlaw? {
        if version?.equals("2.0") != true { return .wrongVersion }
        if hasOutcome { return .bothRequestAndResponse }
        if hasUnknown, method?.kind != .string || params?.isContainer == false { return .unknownMember }
        guard method?.kind == .string else { return method == nil ? .noMethod : .wrongMethodType }
        if let params, !params.isContainer { return .wrongParamsType }
        return nil
    }

    /// Takes a member; false when its name was taken before.
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

/// How a request asks to be served: the envelope's member `meta`.
struct CallMeta {
    /// How long the client waits for its response.
    var deadlineMilliseconds: Int?
    /// Whether the call is only validated, authorised and described.
    var isDryRun = false
    /// The token, a string or an integer, under which the client wants `$/progress`.
    var workDoneToken: Value?
    /// The string by which the client names a write, so that it may ask for it again without writing twice.
    var idempotencyKey: Value?
    /// The call's place in the trace of its client.
    var trace: TraceParent?
}

extension CallMeta {
    /// Throws for a member that is unknown or invalid; the error names its place.
    init(_ meta: Value, limits: Limits) throws(Failure) {
        guard meta.kind == .object else { throw Self.failure(.wrongMetaType, at: "/meta") }
        guard meta.ownDuplicateKey == nil else { throw Self.failure(.duplicateKey, at: "/meta") }
        for member in meta.members {
            if member.key.equals("deadlineMs") {
                deadlineMilliseconds = try Self.deadline(member.value, limits: limits)
            } else if member.key.equals("dryRun") {
                guard let isDryRun = member.value.bool else { throw Self.failure(.wrongType, at: "/meta/dryRun") }
                self.isDryRun = isDryRun
            } else if member.key.equals("workDoneToken") {
                workDoneToken = try Self.token(member.value, limits: limits)
            } else if member.key.equals("idempotencyKey") {
                idempotencyKey = try Self.idempotencyKey(member.value)
            } else if member.key.equals("traceparent") {
                trace = TraceParent(member.value)
            } else if !member.key.equals("tracestate") {
                // What other tracers add to the trace's context is theirs.
                throw Self.failure(.unknownMember, at: "/meta")
            }
        }
    }

    private static func deadline(_ value: Value, limits: Limits) throws(Failure) -> Int {
        guard let milliseconds = value.int64 else { throw failure(.wrongType, at: "/meta/deadlineMs") }
        guard (1...Int64(limits.maximumDeadlineMilliseconds)).contains(milliseconds) else {
            throw failure(.outOfRange, at: "/meta/deadlineMs")
        }
        return Int(milliseconds)
    }

    private static func token(_ value: Value, limits: Limits) throws(Failure) -> Value {
        guard value.kind == .string || value.int64 != nil else {
            throw failure(.wrongType, at: "/meta/workDoneToken")
        }
        guard value.rawText.count <= limits.maximumIDBytes else { throw failure(.tooLong, at: "/meta/workDoneToken") }
        return value
    }

    /// The most bytes of an idempotency key.
    private static let maximumKeyBytes = 64

    private static func idempotencyKey(_ value: Value) throws(Failure) -> Value {
        let pointer = "/meta/idempotencyKey"
        guard value.kind == .string else { throw failure(.wrongType, at: pointer) }
        let flaw: RequestFlaw? = value.withUTF8 { text in
            if !(1...maximumKeyBytes).contains(text.count) { return text.isEmpty ? .tooShort : .tooLong }
            return text.allSatisfy { 0x21...0x7E ~= $0 } ? nil : .invalidFormat
        }
        if let flaw { throw failure(flaw, at: pointer) }
        return value
    }

    /// Refuses a key for a method that writes nothing.
    func requireNoKey() throws(Failure) {
        if idempotencyKey != nil { throw Self.failure(.notAWrite, at: "/meta/idempotencyKey") }
    }

    private static func failure(_ flaw: RequestFlaw, at pointer: String) -> Failure {
        Failure(flaw, details: [.text("pointer", pointer)])
    }
}
