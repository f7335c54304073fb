import Glibc

/// A byte stream to a server, plain or TLS, that never blocks. It belongs to one thread.
final class Link {
    private let descriptor: Descriptor
    private let session: TLSSession?

    var socket: Int32 { descriptor.number }

    /// There may be input that poll(2) does not see.
    var mayHoldInput: Bool { session != nil }

    /// Connects to the first address of the endpoint that takes it.
    init(_ endpoint: Endpoint, _ tls: TLSContext?, until deadline: Moment) throws(RedisFault) {
        descriptor = try Self.connect(endpoint, until: deadline)
        session = if let tls { try TLSSession(tls, over: descriptor, host: endpoint.host) } else { nil }
        try finishHandshake(until: deadline)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> LinkProgress {
        if let session { return session.read(into: buffer) }
        while true {
            let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended(.connectionClosed) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .waits(.input) : .ended(.system(errno))
        }
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> LinkProgress {
        if let session { return session.write(buffer) }
        while true {
            let count = send(descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .moved(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .waits(.output) : .ended(.system(errno))
        }
    }

    /// Blocks until the link can go on in this direction.
    func wait(_ direction: LinkProgress.Direction, until deadline: Moment) throws(RedisFault) {
        let events = direction == .input ? POLLIN : POLLOUT
        guard descriptor.wait(for: Int16(events), until: deadline) else { throw .timedOut }
    }

    private static func connect(_ endpoint: Endpoint, until deadline: Moment) throws(RedisFault) -> Descriptor {
        var last = RedisFault.unreachable(reason: "the host has no address")
        for address in try Resolver.addresses(of: endpoint, until: deadline) {
            do {
                return try address.connect(until: deadline)
            } catch {
                last = error
            }
        }
        throw last
    }

    private func finishHandshake(until deadline: Moment) throws(RedisFault) {
        while let session {
            switch session.handshake() {
            case .moved: return
            case .waits(let direction): try wait(direction, until: deadline)
            case .ended(let fault): throw fault
            }
        }
    }
}
