import Glibc
import Platform

/// Where a server listens: a host name or address, and a TCP port; or a Unix socket.
struct RedisEndpoint: Hashable, Sendable {
    /// The path of a Unix socket when it begins with a slash, as in libpq.
    var host: String
    /// 0 for a Unix socket.
    var port: UInt16

    static let defaultPort: UInt16 = 6379
    static let defaultSentinelPort: UInt16 = 26_379

    static func unix(_ path: String) -> RedisEndpoint { RedisEndpoint(host: path, port: 0) }

    var isUnix: Bool { host.first == "/" }
}

extension RedisEndpoint: CustomStringConvertible {
    var description: String { isUnix ? host : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension RedisEndpoint {
    /// Reads `host`, `host:port`, `[::1]` or `[::1]:port`, as in a URL (RFC 3986 §3.2.2); an empty host is localhost.
    init?(authority text: Substring, defaultPort: UInt16 = defaultPort) {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard !host.isEmpty, rest.isEmpty || rest.first == ":" else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard let number = port.map(Self.port) ?? defaultPort, host.utf8.allSatisfy(Self.allowed.contains) else {
            return nil
        }
        self.init(host: host.isEmpty ? "localhost" : String(host), port: number)
    }

    /// Reads the address in a redirection: `host:port` without brackets around an IPv6 address. An empty host is the
    /// host of `sender`.
    init?(redirection text: Substring, from sender: RedisEndpoint) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        self.init(host: host.isEmpty ? sender.host : String(host), port: port)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(text).flatMap { $0 == 0 ? nil : $0 }
    }

    /// The characters of host names and of addresses, which may end with a zone (RFC 4007 §11).
    private static let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%".utf8)
}

/// A resolved address of a server, which a socket can connect to.
struct SocketAddress: Sendable {
    private let bytes: [UInt8]
    private let family: Int32

    private init(_ info: addrinfo) {
        bytes = Array(UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
        family = info.ai_family
    }

    /// The address of a Unix socket.
    private init(path: String) throws(RedisFault) {
        var address = sockaddr_un()
        let path = Array(path.utf8)
        // The last byte stays zero.
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .system(ENAMETOOLONG) }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        bytes = withUnsafeBytes(of: address) { Array($0) }
        family = AF_UNIX
    }

    /// Opens a non-blocking socket, which the caller closes, to the first address of an endpoint that accepts.
    static func connect(
        to endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> FileDescriptor {
        var last = RedisFault.unreachable(code: nil, reason: "the host has no address")
        for address in try addresses(of: endpoint, until: deadline) {
            let number = socket(address.family, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
            guard number >= 0 else { throw .system(errno) }
            guard let fault = address.connect(number, until: deadline) else { return FileDescriptor(number) }
            close(number)
            last = fault
        }
        throw last
    }

    /// Resolves a host within a deadline, which `getaddrinfo(3)` does not know.
    private static func addresses(
        of endpoint: RedisEndpoint, until deadline: ContinuousClock.Instant
    ) throws(RedisFault) -> [SocketAddress] {
        if endpoint.isUnix { return [try SocketAddress(path: endpoint.host)] }
        // A numeric address needs no query, which could block.
        if case .success(let found) = resolve(endpoint, flags: AI_NUMERICHOST) { return found }
        guard let waker = Waker() else { throw .system(EMFILE) }
        let answer = Monitor<Result<[SocketAddress], RedisFault>?>(nil)
        let hasStarted = OSThread.start {
            let found = resolve(endpoint, flags: AI_ADDRCONFIG)
            answer.withLock { $0 = found }
            waker.wake()
        }
        guard hasStarted else { throw .system(EAGAIN) }
        while true {
            if let result = answer.withLock({ $0 }) { return try result.get() }
            guard deadline > .now else { throw .timedOut }
            waker.sleep(until: deadline)
        }
    }

    private static func resolve(_ endpoint: RedisEndpoint, flags: Int32) -> Result<[SocketAddress], RedisFault> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard status == 0, let list else {
            return .failure(.unreachable(code: nil, reason: String(cString: gai_strerror(status))))
        }
        defer { freeaddrinfo(list) }
        return .success(sequence(first: list, next: { $0.pointee.ai_next }).map { SocketAddress($0.pointee) })
    }

    private func connect(_ number: Int32, until deadline: ContinuousClock.Instant) -> RedisFault? {
        if family != AF_UNIX { Self.setOptions(number) }
        let status = bytes.withUnsafeBytes { address in
            Glibc.connect(number, address.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(address.count))
        }
        if status == 0 { return nil }
        // A Unix socket whose queue is full says EAGAIN: the server is there and does not accept.
        guard errno == EINPROGRESS else { return .system(errno) }
        guard FileDescriptor(number).wait(for: POLLOUT, until: deadline) else { return .timedOut }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &failure, &size)
        return failure == 0 ? nil : .system(failure)
    }

    private static func setOptions(_ number: Int32) {
        let tcp = Int32(IPPROTO_TCP)
        // The keepalive options notice a dropped connection before somebody needs it.
        let options: [(level: Int32, name: Int32, value: Int32)] = [
            (tcp, TCP_NODELAY, 1), (SOL_SOCKET, SO_KEEPALIVE, 1), (tcp, TCP_KEEPIDLE, 15), (tcp, TCP_KEEPINTVL, 5),
            (tcp, TCP_KEEPCNT, 3),
        ]
        for option in options {
            var value = option.value
            setsockopt(number, option.level, option.name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
