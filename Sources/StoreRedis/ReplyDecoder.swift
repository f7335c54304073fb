/// Reads the replies of one kind of command into values.
protocol ReplyDecoder: Sendable {
    associatedtype Value: Sendable

    /// Stands in for the value of a command that was refused.
    static var placeholder: Value { get }

    /// Reads one whole reply that is no error; nil when what it holds was not written by this program.
    ///
    /// - Parameter index: which command of the call it answers.
    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Value?
}
