import JSON

/// A method that is served in groups: as many calls as have arrived are handed to `call` at once.
package protocol Method: Sendable {
    /// What a call keeps of its params; nothing of the line.
    associatedtype Params: Sendable
    associatedtype Result: Sendable

    static var name: String { get }

    var footprint: Footprint { get }

    /// Whether a group may hold several calls about one subject, which `call` then lets take effect in their order.
    var repeatsSubject: Bool { get }

    /// Whether a call goes ahead of what else there is to do: the first of a lane starts before the rest is read.
    var isUrgent: Bool { get }

    /// About how long an answer can get, which bounds how many calls a group holds.
    var answerBytes: Int { get }

    /// Whose order matters: calls with the same subject and conflicting footprints keep their order.
    /// The params are valid.
    static func subject(of params: Value) -> UInt64?

    /// Turns valid params into values; throws for what a schema cannot say.
    func decode(_ params: Value) throws(Failure) -> Params

    /// Throws when the caller may not do this, as far as that can be told without asking a store.
    func authorise(_ params: Params) throws(Failure)

    /// Serves a group: an outcome for each call, in their order.
    func call(_ group: [Params]) async -> [Outcome<Result>]

    /// Appends one JSON value.
    func write(_ result: Result, to writer: inout Writer)
}

extension Method {
    package var repeatsSubject: Bool { false }
    package var isUrgent: Bool { false }
    package var answerBytes: Int { 1024 }
    package func authorise(_ params: Params) throws(Failure) {}
}

/// What became of one call.
package typealias Outcome<Success: Sendable> = Swift.Result<Success, Failure>

/// A method that the reader answers at once, without a store and without waiting behind anything.
package protocol ImmediateMethod: Sendable {
    static var name: String { get }

    /// Whether params may be an array; otherwise an empty one means no params.
    var takesArrays: Bool { get }

    /// Appends the result, one JSON value. The params are valid.
    func answer(_ params: Value, to writer: inout Writer)
}

extension ImmediateMethod {
    package var takesArrays: Bool { false }
}
