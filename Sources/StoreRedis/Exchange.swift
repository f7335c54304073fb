import Repositories

/// Commands for one connection, and the place of their replies.
///
/// Unchecked: a caller makes it and hands it over through a connection's lock; from then on only the connection's
/// thread touches it, until it gives the answer back and lets go.
class Exchange: @unchecked Sendable {
    final let commands: CommandBuffer
    final let deadline: Moment
    /// The commands answered so far.
    final var answered = 0
    /// It was on a connection that broke, and is sent a second time.
    final var isResent = false

    init(_ commands: CommandBuffer, deadline: Moment) {
        self.commands = commands
        self.deadline = deadline
    }

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

/// An exchange whose replies a decoder reads.
final class DecodedExchange<Decoder: ReplyDecoder>: Exchange, @unchecked Sendable {
    private let decoder: Decoder
    /// Which commands of the call these are; nil when they are all of them.
    private let indices: [Int]?
    private let continuation: CheckedContinuation<Answer<Decoder.Value>, Never>
    private var values: [Decoder.Value] = []
    private var refusals: [Answer<Decoder.Value>.Refusal] = []
    private var isCorrupt = false
    private var preludesPassed = 0

    init(
        _ part: Part, _ decoder: Decoder, deadline: Moment,
        _ continuation: CheckedContinuation<Answer<Decoder.Value>, Never>
    ) {
        self.decoder = decoder
        self.indices = part.indices
        self.continuation = continuation
        super.init(part.commands, deadline: deadline)
        values.reserveCapacity(part.commands.count)
    }

    override func read(_ cursor: inout ReplyCursor, from sender: Endpoint) throws(ReplyError) {
        while !isAnswered {
            // A reply that is cut is read again from its start when the rest of it is there.
            var next = cursor
            if preludesPassed < commands.preludes.count, commands.preludes[preludesPassed] == answered {
                try next.skip()
                preludesPassed += 1
            } else {
                try readValue(&next, from: sender)
            }
            cursor = next
            answered += 1
        }
    }

    private func readValue(_ cursor: inout ReplyCursor, from sender: Endpoint) throws(ReplyError) {
        let index = values.count
        if try cursor.isAtError {
            let error = ServerError(try cursor.errorText(), from: sender)
            refusals.append(.init(index: index, error: error))
            values.append(Decoder.placeholder)
        } else if let value = try decoder.value(&cursor, at: indices?[index] ?? index) {
            values.append(value)
        } else {
            isCorrupt = true
            values.append(Decoder.placeholder)
        }
    }

    override func end(_ ending: Ending) {
        continuation.resume(
            returning: Answer(values: values, refusals: refusals, isCorrupt: isCorrupt, ending: ending))
    }
}
