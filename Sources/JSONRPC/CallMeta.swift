import JSON

/// What a request asks of the way it is served, beside its params: the envelope's member `meta`.
struct CallMeta {
    /// How long the client waits for its answer.
    var deadlineMilliseconds: Int?
    /// Only validate, authorise and say what would be done.
    var isDryRun = false
    /// Asks for `$/progress`, under this token: a string or an integer.
    var workDoneToken: Value?

    init() {}

    /// Throws when a member is unknown or unfit; the error names the place.
    init(_ meta: Value, limits: Limits) throws(Failure) {
        guard meta.kind == .object else { throw Self.failure("wrong_meta_type", at: "/meta") }
        guard meta.ownDuplicateKey == nil else { throw Self.failure("duplicate_key", at: "/meta") }
        for member in meta.members {
            if member.key.equals("deadlineMs") {
                deadlineMilliseconds = try Self.deadline(member.value, limits: limits)
            } else if member.key.equals("dryRun") {
                guard let isDryRun = member.value.bool else { throw Self.failure("wrong_type", at: "/meta/dryRun") }
                self.isDryRun = isDryRun
            } else if member.key.equals("workDoneToken") {
                workDoneToken = try Self.token(member.value, limits: limits)
            } else {
                throw Self.failure("unknown_member", at: "/meta")
            }
        }
    }

    private static func deadline(_ value: Value, limits: Limits) throws(Failure) -> Int {
        guard let milliseconds = value.int64 else { throw failure("wrong_type", at: "/meta/deadlineMs") }
        guard (1...Int64(limits.maximumDeadlineMilliseconds)).contains(milliseconds) else {
            throw failure("out_of_range", at: "/meta/deadlineMs")
        }
        return Int(milliseconds)
    }

    private static func token(_ value: Value, limits: Limits) throws(Failure) -> Value {
        guard value.kind == .string || value.int64 != nil else {
            throw failure("wrong_type", at: "/meta/workDoneToken")
        }
        guard value.rawText.count <= limits.maximumIDBytes else { throw failure("too_long", at: "/meta/workDoneToken") }
        return value
    }

    private static func failure(_ reason: String, at pointer: String) -> Failure {
        Failure(.invalidRequest, reason: reason, details: [.text("pointer", pointer)])
    }
}
