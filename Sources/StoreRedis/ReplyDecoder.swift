/// Reads the replies of one kind of command into values.
protocol ReplyDecoder: Sendable {
    associatedtype Value: Sendable

    /// Stands in for the value of a command that was refused.
    static var placeholder: Value { get }

    /// Reads one whole reply that is no error; nil when what it holds was not written by this program.
    ///
    /// - Parameter index: which command of the call it answers.
    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Value?

    /// Reads one whole reply and appends its value, or the placeholder and gives false.
    ///
    /// Every conformance takes the one below. It is a requirement because an exchange is a generic class, whose methods
    /// the compiler does not specialise: this way what is done for each reply is compiled for the decoder's own types.
    func append(_ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]) throws(ReplyError) -> Bool
}

extension ReplyDecoder {
    func append(_ cursor: inout ReplyCursor, at index: Int, to values: inout [Value]) throws(ReplyError) -> Bool {
        if let value = try value(&cursor, at: index) {
            values.append(value)
            return true
        }
        values.append(Self.placeholder)
        return false
    }
}
