import JSON

/// A method: its name, what it touches, and how its calls are served.
package struct Method: Sendable {
    enum Kind: Sendable {
        case immediate(takesArrays: Bool, answer: @Sendable (Value, inout Writer) -> Void)
        case grouped(GroupedCalls)
    }

    /// How the calls of a grouped method are served, without the types of their params and results.
    struct GroupedCalls: Sendable {
        let subject: @Sendable (Value) -> UInt64?
        /// Decodes valid params and authorises the call, and does nothing more.
        let check: @Sendable (Value) throws(Failure) -> Void
        let makeGroup: @Sendable (Method, GroupID, Int, PendingCalls) -> any CallGroup
    }

    package let name: String
    package let footprint: Footprint
    package let isUrgent: Bool
    package let repeatsSubject: Bool
    package let answerBytes: Int
    let kind: Kind

    /// Answered by the reader at once, without a store and without waiting behind anything.
    package static func immediate(
        _ name: String, takesArrays: Bool = false, answer: @escaping @Sendable (Value, inout Writer) -> Void
    ) -> Method {
        Method(
            name: name, footprint: Footprint(), isUrgent: false, repeatsSubject: false, answerBytes: 0,
            kind: .immediate(takesArrays: takesArrays, answer: answer))
    }

    /// Served in groups: as many calls as have arrived are handed to `call` at once.
    package static func grouped<Params: Sendable, Result: Sendable>(
        _ name: String, footprint: Footprint = Footprint(), isUrgent: Bool = false, repeatsSubject: Bool = false,
        answerBytes: Int = 1024,
        subject: @escaping @Sendable (Value) -> UInt64? = { _ in nil },
        decode: @escaping @Sendable (Value) throws(Failure) -> Params,
        authorise: @escaping @Sendable (Params) throws(Failure) -> Void = { _ in },
        call: @escaping @Sendable ([Params]) async -> [Outcome<Result>],
        write: @escaping @Sendable (Result, inout Writer) -> Void
    ) -> Method {
        let typed = TypedCalls(decode: decode, call: call, write: write)
        let calls = GroupedCalls(
            subject: subject,
            check: { (params) throws(Failure) in try authorise(try decode(params)) },
            makeGroup: { TypedCallGroup(method: $0, id: $1, lane: $2, typed: typed, calls: $3) })
        return Method(
            name: name, footprint: footprint, isUrgent: isUrgent, repeatsSubject: repeatsSubject,
            answerBytes: answerBytes, kind: .grouped(calls))
    }

    /// Whose order matters (nil: nobody's); the params are valid.
    package func subject(of params: Value) -> UInt64? {
        if case .grouped(let calls) = kind { calls.subject(params) } else { nil }
    }
}

/// What became of one call.
package typealias Outcome<Success: Sendable> = Swift.Result<Success, Failure>
