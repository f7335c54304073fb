import Glibc

/// A socket of this process alone that takes one HTTP request and never answers.
final class RequestSink {
    /// The socket's name in Linux's abstract namespace, chosen by the kernel.
    let name: String
    private let listener: Int32
    private var connection: Int32 = -1
    private var bytes: [UInt8] = []

    /// Nil when the system has no descriptors left.
    init?() {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        listener = socket(AF_UNIX, type, 0)
        guard listener >= 0, Self.bindAnywhere(listener), listen(listener, 1) == 0, let name = Self.name(of: listener)
        else {
            if listener >= 0 { close(listener) }
            return nil
        }
        self.name = name
    }

    deinit {
        close(listener)
        if connection >= 0 { close(connection) }
    }

    /// The request's head without its last line end; nil as long as it is not all there.
    func head() -> String? {
        if connection < 0 { connection = accept(listener, nil, nil) }
        guard connection >= 0 else { return nil }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : nil
    }

    /// An address of nothing but the family makes the kernel choose the name (unix(7), "Autobind feature").
    private static func bindAnywhere(_ descriptor: Int32) -> Bool {
        var family = sa_family_t(AF_UNIX)
        return withUnsafeBytes(of: &family) { address in
            guard let address = address.bindMemory(to: sockaddr.self).baseAddress else { return false }
            return bind(descriptor, address, socklen_t(MemoryLayout<sa_family_t>.size)) == 0
        }
    }

    private static func name(of descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let start = bytes.bindMemory(to: sockaddr.self).baseAddress,
                getsockname(descriptor, start, &length) == 0
            else { return nil }
            // The family's two bytes and the zero that marks an abstract name come first.
            return String(decoding: bytes[..<Int(length)].dropFirst(3), as: UTF8.self)
        }
    }
}
