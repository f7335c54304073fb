/// The commands of a call that go to one connection.
struct Part: Sendable {
    var connection: Connection
    var commands: CommandBuffer
    /// Which commands of the call these are, preludes left out; nil when they are all of them.
    var indices: [Int]?

    func exchange<Decoder: ReplyDecoder>(
        _ decoder: Decoder, deadline: Moment
    ) async -> Answer<Decoder.Value> {
        await withCheckedContinuation { continuation in
            connection.submit(DecodedExchange(self, decoder, deadline: deadline, continuation))
        }
    }
}
