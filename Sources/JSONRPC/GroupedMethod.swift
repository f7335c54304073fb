import JSON

/// A grouped method without its types, as the reader needs it.
struct GroupedMethod: Sendable {
    let footprint: Footprint
    let repeatsSubject: Bool
    let answerBytes: Int
    let subject: @Sendable (Value) -> UInt64?
    let makeGroup: @Sendable (GroupID, OutputQueue) -> any CallGroup

    init<M: Method>(_ method: M) {
        footprint = method.footprint
        repeatsSubject = method.repeatsSubject
        answerBytes = method.answerBytes
        subject = { M.subject(of: $0) }
        makeGroup = { TypedCallGroup(id: $0, method: method, output: $1) }
    }
}
