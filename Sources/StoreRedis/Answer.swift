/// What came back of an exchange.
struct Answer<Value: Sendable>: Sendable {
    /// The values of the commands that were answered, in order; a placeholder for one that was refused.
    var values: [Value]
    /// The commands that were refused, ascending.
    var refusals: [Refusal] = []
    /// What was read does not have the shape that this program wrote.
    var isCorrupt = false
    var ending: Ending

    /// A command, by its index in its exchange, and the error it was answered with.
    struct Refusal: Hashable, Sendable {
        var index: Int
        var error: ServerError
    }
}
