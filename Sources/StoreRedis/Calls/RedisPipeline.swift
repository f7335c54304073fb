import Repositories
import Synchronization

/// Commands that are sent together on one connection, and what has become of them.
///
/// Unchecked: a caller makes the pipeline and submits it through a connection's lock. From then on only the
/// connection's thread touches the pipeline, until `end` gives it back to the caller.
class RedisPipeline: @unchecked Sendable {
    final let commands: CommandBuffer
    final let deadline: ContinuousClock.Instant
    final let cancellation: Cancellation
    private let pending: PendingPipelines
    /// The number of commands answered so far.
    final var answered = 0
    /// Whether the pipeline was in flight on a broken connection and is sent a second time.
    final var isResent = false
    /// Why commands were not answered; nil when all were, and before the end.
    final private(set) var failure: RedisCallFailure?

    init(
        _ commands: CommandBuffer, deadline: ContinuousClock.Instant, cancellation: Cancellation,
        pending: PendingPipelines
    ) {
        self.commands = commands
        self.deadline = deadline
        self.cancellation = cancellation
        self.pending = pending
    }

    /// Whether sending still makes sense.
    final func isWanted(at now: ContinuousClock.Instant) -> Bool { deadline > now && !cancellation.isCancelled }

    /// The bytes from the first unanswered command on.
    final var unanswered: ArraySlice<UInt8> { commands.bytes[commands.start(of: answered)...] }

    /// Reads replies until all commands are answered; throws at the end of the input.
    func read(_ cursor: inout ReplyCursor, from sender: RedisEndpoint) throws(ReplyError) {
        preconditionFailure("a pipeline without a decoder")
    }

    /// Gives the pipeline back to its caller; called once. Without a failure every command was answered.
    final func end(_ failure: RedisCallFailure? = nil) {
        self.failure = failure
        pending.endOne()
    }
}

/// A pipeline with a decoder for its replies.
///
/// Unchecked for the reason of its superclass.
final class DecodingPipeline<Decoder: ReplyDecoder>: RedisPipeline, @unchecked Sendable {
    private var replies: DecodedReplies<Decoder>

    init(
        _ commands: CommandBuffer, indices: [Int]?, _ decoder: Decoder, deadline: ContinuousClock.Instant,
        cancellation: Cancellation, pending: PendingPipelines
    ) {
        replies = DecodedReplies(decoder, of: commands, indices: indices)
        super.init(commands, deadline: deadline, cancellation: cancellation, pending: pending)
    }

    /// The values of the answered commands, in order; a placeholder for a refused command.
    var values: [Decoder.Value] { replies.values }
    /// The refused commands by their index in the call, ascending.
    var refusals: [RefusedCommand] { replies.refusals }
    /// The indices in the call of the commands whose reply does not have the shape that this program wrote.
    var corruptIndices: [Int] { replies.corruptIndices }

    override func read(_ cursor: inout ReplyCursor, from sender: RedisEndpoint) throws(ReplyError) {
        try replies.read(&cursor, of: commands, answered: &answered, from: sender)
    }
}

/// The replies to a pipeline so far.
///
/// Apart from the pipeline, because each access to a variable of an object is checked, and each reply needs several.
private struct DecodedReplies<Decoder: ReplyDecoder> {
    private var decoder: Decoder
    /// The index in the call of each command; nil when the commands are the whole call.
    private let indices: [Int]?
    private(set) var values: [Decoder.Value] = []
    private(set) var refusals: [RefusedCommand] = []
    private(set) var corruptIndices: [Int] = []
    private var skippedPreludes = 0

    init(_ decoder: Decoder, of commands: CommandBuffer, indices: [Int]?) {
        self.decoder = decoder
        self.indices = indices
        values.reserveCapacity(commands.count)
    }

    /// Reads replies until all commands are answered, and counts them; throws at the end of the input.
    mutating func read(
        _ cursor: inout ReplyCursor, of commands: CommandBuffer, answered: inout Int, from sender: RedisEndpoint
    ) throws(ReplyError) {
        while answered < commands.count {
            // An incomplete reply is read again from its start when more input has arrived.
            var next = cursor
            if skippedPreludes < commands.preludes.count, commands.preludes[skippedPreludes] == answered {
                try next.skip()
                skippedPreludes += 1
            } else {
                try readValue(&next, at: answered - skippedPreludes, from: sender)
            }
            cursor = next
            answered += 1
        }
    }

    private mutating func readValue(
        _ cursor: inout ReplyCursor, at position: Int, from sender: RedisEndpoint
    ) throws(ReplyError) {
        let index = indices.map { $0[position] } ?? position
        if try cursor.isAtError {
            refusals.append(RefusedCommand(index: index, error: .init(try cursor.errorText(), from: sender)))
            values.append(Decoder.placeholder)
        } else if try !decoder.append(&cursor, at: index, to: &values) {
            corruptIndices.append(index)
        }
    }
}

/// The pipelines of a call that have not ended yet.
///
/// A caller submits all its pipelines before it waits, because a task for each would first need a thread of the pool.
final class PendingPipelines: Sendable {
    private let count: Atomic<Int>
    private let complete: @Sendable () -> Void

    /// Calls `complete` when the last of `count` pipelines has ended.
    init(_ count: Int, complete: @escaping @Sendable () -> Void) {
        self.count = Atomic(count)
        self.complete = complete
    }

    func endOne() {
        if count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { complete() }
    }
}
