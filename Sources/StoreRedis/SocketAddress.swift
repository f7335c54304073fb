import Glibc

/// An address that a socket can be connected to.
struct SocketAddress: Sendable {
    private let storage: sockaddr_storage
    private let count: socklen_t
    private let family: Int32

    init(_ info: addrinfo) {
        var storage = sockaddr_storage()
        if let address = info.ai_addr {
            withUnsafeMutableBytes(of: &storage) { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
            }
        }
        self.storage = storage
        count = info.ai_addrlen
        family = info.ai_family
    }

    /// Connects a new non-blocking socket.
    func connect(until deadline: Moment) throws(RedisFault) -> Descriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard number >= 0 else { throw .system(errno) }
        let descriptor = Descriptor(number)
        Self.setOptions(number)
        var address = storage
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(number, $0, count) }
        }
        if status == 0 { return descriptor }
        guard errno == EINPROGRESS else { throw .system(errno) }
        guard descriptor.wait(for: Int16(POLLOUT), until: deadline) else { throw .timedOut }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &failure, &size)
        guard failure == 0 else { throw .system(failure) }
        return descriptor
    }

    private static func setOptions(_ number: Int32) {
        set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(number, SOL_SOCKET, SO_KEEPALIVE, 1)
        // A connection that a network has forgotten is found out before somebody needs it.
        set(number, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 15)
        set(number, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
        set(number, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    private static func set(_ number: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
