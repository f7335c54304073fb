import Glibc
import Platform

/// A byte stream to a server, plain or TLS, which never blocks. It belongs to one thread and closes with its last
/// owner.
final class RedisSocket {
    /// What a read or a write achieved.
    enum Progress {
        case moved(Int)
        /// Nothing for now: the socket is not ready for these events of poll(2).
        case waits(for: Int32)
    }

    let endpoint: RedisEndpoint
    let descriptor: FileDescriptor
    private var session: TLSSession?

    /// Connects to the first address of the endpoint that accepts, and finishes the TLS handshake.
    init(_ endpoint: RedisEndpoint, _ tls: TLSContext?, until deadline: ContinuousClock.Instant) throws(RedisFault) {
        self.endpoint = endpoint
        descriptor = try SocketAddress.connect(to: endpoint, until: deadline)
        guard let tls else { return }
        let session = try TLSSession(tls, over: descriptor, host: endpoint.host)
        self.session = session
        _ = try block(until: deadline) { () throws(RedisFault) in try session.handshake() }
    }

    deinit {
        close(descriptor.number)
    }

    /// Whether there may be decrypted input, which poll(2) does not see.
    var mayHoldInput: Bool { session != nil }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(RedisFault) -> Progress {
        if let session { return try session.read(into: buffer) }
        let count = retryingInterrupts { recv(descriptor.number, buffer.baseAddress, buffer.count, 0) }
        if count > 0 { return .moved(count) }
        if count == 0 { throw .connectionClosed }
        guard errno == EAGAIN else { throw .system(errno) }
        return .waits(for: POLLIN)
    }

    func write(_ buffer: UnsafeBufferPointer<UInt8>) throws(RedisFault) -> Progress {
        if let session { return try session.write(buffer) }
        let count = retryingInterrupts {
            send(descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return .moved(count) }
        guard errno == EAGAIN else { throw .system(errno) }
        return .waits(for: POLLOUT)
    }

    /// Repeats an operation until it moves bytes, and returns how many; blocks while the socket is not ready.
    func block(
        until deadline: ContinuousClock.Instant, _ operation: () throws(RedisFault) -> Progress
    ) throws(RedisFault) -> Int {
        while true {
            switch try operation() {
            case .moved(let count): return count
            case .waits(let events): guard descriptor.wait(for: events, until: deadline) else { throw .timedOut }
            }
        }
    }
}
