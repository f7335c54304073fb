import CHiredis

/// A reply of any shape.
enum ControlReply: Hashable, Sendable {
    /// A status or a bulk string.
    case text(String)
    case integer(Int64)
    case array([ControlReply])
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
            self = .array(elements.compactMap { $0.map { ControlReply($0.pointee) } })
        default: self = .null
        }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    var elements: [ControlReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// What an error says of the server; nil for any other reply.
    var fault: RedisFault? {
        guard case .error(let text) = self else { return nil }
        let sender = Endpoint(host: "", port: Endpoint.defaultPort)
        return Array(text.utf8).withUnsafeBufferPointer { ServerError($0, from: sender).fault }
    }
}
