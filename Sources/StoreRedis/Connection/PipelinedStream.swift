import Platform

/// Sends pipelines over one socket and matches the replies to them, in order.
final class PipelinedStream {
    private let socket: RedisSocket
    private var inFlight = InFlightPipelines()
    private var input = InputBuffer()
    private var output: [UInt8] = []
    /// Whether the server has answered a pipeline.
    private(set) var hasAnswered = false
    /// How much of `output` is sent.
    private var sentOfOutput = 0
    /// How much was sent before `output` was last emptied.
    private var sentBefore = 0

    init(_ socket: RedisSocket) {
        self.socket = socket
    }

    var endpoint: RedisEndpoint { socket.endpoint }
    var descriptor: Int32 { socket.descriptor.number }
    var isIdle: Bool { inFlight.count == 0 }
    var hasOutput: Bool { sentOfOutput < output.count }
    var deadline: ContinuousClock.Instant? { inFlight.deadline }

    /// How many more pipelines the stream accepts now.
    var room: Int {
        output.count - sentOfOutput > RedisLimits.unsentBytes ? 0 : RedisLimits.pipelinesInFlight - inFlight.count
    }

    func send(_ pipeline: RedisPipeline) {
        inFlight.add(pipeline)
        output.append(contentsOf: pipeline.unanswered)
    }

    /// Writes as much output as the socket takes.
    func write() throws(RedisFault) {
        while hasOutput {
            let progress = try output.withUnsafeBufferPointer { bytes throws(RedisFault) in
                try socket.write(UnsafeBufferPointer(rebasing: bytes[sentOfOutput...]))
            }
            guard case .moved(let count) = progress else { return }
            sentOfOutput += count
        }
        sentBefore += sentOfOutput
        sentOfOutput = 0
        output.removeAll(keepingCapacity: true)
    }

    /// Reads all replies that have arrived, and ends the pipelines that they complete.
    func read() throws(RedisFault) {
        while true {
            guard case .moved = try input.fill(from: socket) else { return }
            // A full buffer may not hold all input, and TLS may hold decrypted input that poll(2) does not see.
            let mayHaveMore = input.isFull || socket.mayHoldInput
            try readReplies()
            guard mayHaveMore else { return }
        }
    }

    /// Gives up the socket; returns the pipelines in flight, split by whether any byte of each was sent.
    func abandon() -> (sent: [RedisPipeline], unsent: [RedisPipeline]) {
        inFlight.takeAll(sentBytes: sentBefore + sentOfOutput)
    }

    private func readReplies() throws(RedisFault) {
        try input.consume { bytes throws(RedisFault) in
            guard var cursor = ReplyCursor(bytes), let start = bytes.baseAddress else { return 0 }
            do throws(ReplyError) {
                while let pipeline = inFlight.first {
                    try pipeline.read(&cursor, from: socket.endpoint)
                    hasAnswered = true
                    inFlight.removeFirst().end()
                }
            } catch {
                guard error == .incomplete else { throw .notRedis }
                return cursor.position - start
            }
            // After a reply that nobody asked for, replies and commands no longer match.
            guard cursor.position == start + bytes.count else { throw .notRedis }
            return bytes.count
        }
    }
}

/// The pipelines in flight on one socket, in the order of their replies.
struct InFlightPipelines {
    /// Each pipeline, and the number of bytes given to the socket before its first byte.
    private var items: [(pipeline: RedisPipeline, start: Int)] = []
    /// The number of bytes given to the socket, sent or not.
    private var end = 0

    var count: Int { items.count }
    var first: RedisPipeline? { items.first?.pipeline }

    /// The earliest deadline of any pipeline.
    var deadline: ContinuousClock.Instant? { items.lazy.map(\.pipeline.deadline).min() }

    /// Adds a pipeline whose unanswered commands are about to be sent.
    mutating func add(_ pipeline: RedisPipeline) {
        items.append((pipeline, start: end))
        end += pipeline.unanswered.count
    }

    mutating func removeFirst() -> RedisPipeline { items.removeFirst().pipeline }

    /// Removes and returns all pipelines in order, split by whether any byte of each is among the first `sentBytes`.
    mutating func takeAll(sentBytes: Int) -> (sent: [RedisPipeline], unsent: [RedisPipeline]) {
        defer { items = [] }
        let sentCount = items.prefix { $0.start < sentBytes }.count
        return (items.prefix(sentCount).map(\.pipeline), items.dropFirst(sentCount).map(\.pipeline))
    }
}

/// Bytes that have arrived and are not read yet.
private struct InputBuffer {
    private var storage = [UInt8](repeating: 0, count: RedisLimits.readBytes)
    private var start = 0
    private var end = 0

    /// Whether nothing more fits until some bytes are read.
    var isFull: Bool { end == storage.count }

    /// Reads from a socket; the storage grows only when one reply fills it.
    ///
    /// - Throws: also `notRedis`, when a reply is longer than any reply to this program's commands.
    mutating func fill(from socket: RedisSocket) throws(RedisFault) -> RedisSocket.Progress {
        if start == end {
            start = 0
            end = 0
        } else if isFull {
            try makeRoom()
        }
        let progress = try storage.withUnsafeMutableBufferPointer { bytes throws(RedisFault) in
            try socket.read(into: UnsafeMutableBufferPointer(rebasing: bytes[end...]))
        }
        if case .moved(let count) = progress { end += count }
        return progress
    }

    /// Lends the bytes to `read`, which returns how many it has used.
    mutating func consume(_ read: (UnsafeBufferPointer<UInt8>) throws(RedisFault) -> Int) throws(RedisFault) {
        start += try storage.withUnsafeBufferPointer { bytes throws(RedisFault) in
            try read(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    private mutating func makeRoom() throws(RedisFault) {
        if start > 0 {
            storage.withUnsafeMutableBytes { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
            end -= start
            start = 0
        } else {
            guard storage.count <= 2 * RedisLimits.replyBytes else { throw .notRedis }
            storage.append(contentsOf: repeatElement(0, count: storage.count))
        }
    }
}
