import Repositories

/// An exchange whose replies a decoder reads.
///
/// Unchecked as every exchange is, and for the same reason.
final class DecodedExchange<Decoder: ReplyDecoder>: Exchange, @unchecked Sendable {
    private let decoder: Decoder
    /// Which commands of the call these are; nil when they are all of them.
    private let indices: [Int]?
    private let answers: @Sendable (Answer<Decoder.Value>) -> Void
    private var values: [Decoder.Value] = []
    private var refusals: [Answer<Decoder.Value>.Refusal] = []
    private var isCorrupt = false
    private var preludesPassed = 0

    init(
        _ commands: CommandBuffer, indices: [Int]?, _ decoder: Decoder, deadline: Moment, cancellation: Cancellation,
        answers: @escaping @Sendable (Answer<Decoder.Value>) -> Void
    ) {
        self.decoder = decoder
        self.indices = indices
        self.answers = answers
        super.init(commands, deadline: deadline, cancellation: cancellation)
        values.reserveCapacity(commands.count)
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
        let index = answered - preludesPassed
        if try cursor.isAtError {
            let error = ServerError(try cursor.errorText(), from: sender)
            refusals.append(.init(index: index, error: error))
            values.append(Decoder.placeholder)
        } else if try !decoder.append(&cursor, at: indices?[index] ?? index, to: &values) {
            isCorrupt = true
        }
    }

    override func end(_ ending: Ending) {
        answers(Answer(values: values, refusals: refusals, isCorrupt: isCorrupt, ending: ending))
    }
}
