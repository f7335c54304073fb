import Glibc

extension RedisFault {
    /// The system's sentence for an error number.
    static func system(_ number: Int32) -> RedisFault {
        .unreachable(reason: String(cString: strerror(number)))
    }

    static let connectionClosed = RedisFault.unreachable(reason: "the connection was closed")
}
