import CHiredis
import Glibc

/// A conversation with a server off the hot path: greeting, health, the cluster's map. It blocks up to a deadline.
///
/// hiredis writes the commands and reads the replies, which may be of any shape here.
final class Control {
    let link: Link
    private let reader: UnsafeMutablePointer<redisReader>

    init(_ link: Link) throws(RedisFault) {
        guard let reader = redisReaderCreate() else { throw .unreachable(reason: "out of memory") }
        self.link = link
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
    }

    /// Sends commands together and gives a reply for each.
    func ask(_ commands: [[String]], until deadline: Moment) throws(RedisFault) -> [ControlReply] {
        try send(commands.flatMap(Self.bytes), until: deadline)
        var replies: [ControlReply] = []
        for _ in commands { replies.append(try nextReply(until: deadline)) }
        return replies
    }

    private static func bytes(_ command: [String]) -> [UInt8] {
        let arguments = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var pointers = arguments.map { UnsafePointer($0) }
        var lengths = arguments.map { argument in argument.map { strlen($0) } ?? 0 }
        var text: UnsafeMutablePointer<CChar>?
        let count = redisFormatCommandArgv(&text, Int32(command.count), &pointers, &lengths)
        guard let text, count > 0 else { return [] }
        defer { redisFreeCommand(text) }
        return Array(UnsafeRawBufferPointer(start: text, count: Int(count)))
    }

    private func send(_ bytes: [UInt8], until deadline: Moment) throws(RedisFault) {
        var sent = 0
        while sent < bytes.count {
            switch bytes.withUnsafeBytes({ link.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .moved(let count): sent += count
            case .waits(let direction): try link.wait(direction, until: deadline)
            case .ended(let fault): throw fault
            }
        }
    }

    private func nextReply(until deadline: Moment) throws(RedisFault) -> ControlReply {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw .notRedis }
            if let reply {
                defer { freeReplyObject(reply) }
                return ControlReply(reply.assumingMemoryBound(to: redisReply.self).pointee)
            }
            switch buffer.withUnsafeMutableBytes({ link.read(into: $0) }) {
            case .moved(let count):
                let status = buffer.withUnsafeBytes { bytes in
                    redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
                }
                guard status == REDIS_OK else { throw .notRedis }
            case .waits(let direction): try link.wait(direction, until: deadline)
            case .ended(let fault): throw fault
            }
        }
    }
}
