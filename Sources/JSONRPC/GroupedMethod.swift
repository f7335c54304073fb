import JSON

/// A grouped method without its types, as the reader needs it.
struct GroupedMethod: Sendable {
    let footprint: Footprint
    let repeatsSubject: Bool
    let isUrgent: Bool
    let answerBytes: Int
    let subject: @Sendable (Value) -> UInt64?
    /// Decodes valid params and authorises the call, and does nothing more.
    let check: @Sendable (Value) throws(Failure) -> Void
    let makeGroup: @Sendable (GroupID, Int, PendingCalls) -> any CallGroup

    init<M: Method>(_ method: M) {
        footprint = method.footprint
        repeatsSubject = method.repeatsSubject
        isUrgent = method.isUrgent
        answerBytes = method.answerBytes
        subject = { M.subject(of: $0) }
        check = { (params) throws(Failure) in try method.authorise(try method.decode(params)) }
        makeGroup = { TypedCallGroup(id: $0, lane: $1, method: method, calls: $2) }
    }
}
