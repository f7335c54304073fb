import Glibc

/// The file descriptor to which answers go.
struct AnswerDescriptor: Sendable {
    private let number: Int32
    private let isPipe: Bool

    init(_ number: Int32) {
        self.number = number
        var status = stat()
        isPipe = fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// So much a pipe with room takes at once (`PIPE_BUF` of Linux's pipe(7)).
    static let atomicBytes = 4096

    /// Writes a buffer of at most `atomicBytes` if that can be done without waiting: to a pipe with room. False when it
    /// was not written. Should another process fill the same pipe in the same moment, it waits all the same.
    func writeNow(_ buffer: [UInt8]) -> Bool {
        guard isPipe else { return false }
        var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents == Int16(POLLOUT) else { return false }
        return Glibc.write(number, buffer, buffer.count) == buffer.count
    }

    /// Writes all of it, as long as that takes; false when nobody reads any more, or the device is full.
    func write(_ buffer: [UInt8]) -> Bool {
        buffer.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(number, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if count < 0, errno == EAGAIN {
                    waitUntilWritable()
                } else if count < 0, errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// For a descriptor that somebody else has made non-blocking.
    private func waitUntilWritable() {
        var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = Glibc.poll(&poll, 1, -1)
    }
}
