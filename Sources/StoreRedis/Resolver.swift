import Glibc
import Platform

/// Finds the addresses of a host within a deadline, which `getaddrinfo(3)` knows nothing of.
enum Resolver {
    static func addresses(of endpoint: Endpoint, until deadline: Moment) throws(RedisFault) -> [SocketAddress] {
        // An address that is written out needs no look-up, which could block.
        if case .success(let found) = lookUp(endpoint, flags: AI_NUMERICHOST) { return found }
        guard let pipe = WakePipe() else { throw .system(EMFILE) }
        let answer = Monitor<Result<[SocketAddress], RedisFault>?>(nil)
        let hasStarted = OSThread.start {
            let found = lookUp(endpoint, flags: AI_ADDRCONFIG)
            answer.withLock { $0 = found }
            pipe.wake()
        }
        guard hasStarted else { throw .system(EAGAIN) }
        var entry = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, Int32(clamping: Moment.now.milliseconds(until: deadline))) < 0, errno == EINTR {}
        guard let result = answer.withLock({ $0 }) else { throw .timedOut }
        return try result.get()
    }

    private static func lookUp(_ endpoint: Endpoint, flags: Int32) -> Result<[SocketAddress], RedisFault> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard status == 0, let list else {
            return .failure(.unreachable(reason: String(cString: gai_strerror(status))))
        }
        defer { freeaddrinfo(list) }
        return .success(sequence(first: list, next: { $0.pointee.ai_next }).map { SocketAddress($0.pointee) })
    }
}
