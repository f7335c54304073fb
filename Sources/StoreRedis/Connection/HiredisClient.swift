import CHiredis

/// A blocking client for work off the hot path: login, health checks and the slot map. hiredis reads its replies, which
/// may have any shape.
final class HiredisClient {
    let socket: RedisSocket
    private let reader: UnsafeMutablePointer<redisReader>

    init(_ socket: RedisSocket) throws(RedisFault) {
        guard let reader = redisReaderCreate() else { throw .unreachable(code: "ENOMEM", reason: "out of memory") }
        self.socket = socket
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
    }

    /// Sends commands together and returns a reply for each.
    func ask(_ commands: [[String]], until deadline: ContinuousClock.Instant) throws(RedisFault) -> [HiredisReply] {
        var buffer = CommandBuffer()
        for command in commands { buffer.command(command) }
        var sent = 0
        while sent < buffer.bytes.count {
            sent += try socket.block(until: deadline) { () throws(RedisFault) in
                try buffer.bytes.withUnsafeBufferPointer { bytes throws(RedisFault) in
                    try socket.write(UnsafeBufferPointer(rebasing: bytes[sent...]))
                }
            }
        }
        return try commands.map { _ throws(RedisFault) in
            let reply = try nextReply(until: deadline)
            // A server that is full says so once and closes.
            if reply.fault == .tooManyClients { throw .tooManyClients }
            return reply
        }
    }

    private func nextReply(until deadline: ContinuousClock.Instant) throws(RedisFault) -> HiredisReply {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw .notRedis }
            if let reply {
                defer { freeReplyObject(reply) }
                return HiredisReply(reply.assumingMemoryBound(to: redisReply.self).pointee)
            }
            let count = try socket.block(until: deadline) { () throws(RedisFault) in
                try buffer.withUnsafeMutableBufferPointer { bytes throws(RedisFault) in try socket.read(into: bytes) }
            }
            let status = buffer.withUnsafeBytes { bytes in
                redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
            }
            guard status == REDIS_OK else { throw .notRedis }
        }
    }
}

/// A reply of any shape.
enum HiredisReply: Hashable, Sendable {
    /// A status or a bulk string.
    case text(String)
    case integer(Int64)
    case array([HiredisReply])
    case null
    case error(String)

    init(_ reply: redisReply) {
        let text = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : Int(reply.len))
        switch reply.type {
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
            self = .array(elements.compactMap { $0.map { HiredisReply($0.pointee) } })
        default: self = .null
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var elements: [HiredisReply]? { if case .array(let elements) = self { elements } else { nil } }

    /// What an error says about the server; nil for any other reply.
    var fault: RedisFault? {
        guard case .error(let text) = self else { return nil }
        return RedisServerError(text, from: RedisEndpoint(host: "", port: RedisEndpoint.defaultPort)).fault
    }
}
