import Repositories

/// Commands for one connection, and the place of their replies.
///
/// Unchecked: a caller makes it and hands it over through a connection's lock; from then on only the connection's
/// thread touches it, until it gives the answer back and lets go.
class Exchange: @unchecked Sendable {
    final let commands: CommandBuffer
    final let deadline: Moment
    final let cancellation: Cancellation
    /// The commands answered so far.
    final var answered = 0
    /// It was on a connection that broke, and is sent a second time.
    final var isResent = false

    init(_ commands: CommandBuffer, deadline: Moment, cancellation: Cancellation) {
        self.commands = commands
        self.deadline = deadline
        self.cancellation = cancellation
    }

    /// Whether there is still a reason to send it.
    final func isWanted(at now: Moment) -> Bool { deadline > now && !cancellation.isCancelled }

    final var isAnswered: Bool { answered == commands.count }

    /// The bytes from the first command on that is not answered.
    final var unanswered: ArraySlice<UInt8> { commands.bytes[commands.start(of: answered)...] }

    /// Reads replies until the exchange is answered; throws at the end of the input.
    func read(_ cursor: inout ReplyCursor, from sender: Endpoint) throws(ReplyError) {
        preconditionFailure("an exchange of no kind")
    }

    /// Gives the answer to whoever waits for it; called once.
    func end(_ ending: Ending) {
        preconditionFailure("an exchange of no kind")
    }
}
