import Glibc
import Platform
import Testing

/// A pipe between the test and the program under test.
final class Pipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // The broken pipes of these tests are to be errors, not signals.
        signal(SIGPIPE, SIG_IGN)
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    func closeReadEnd() { close(readEnd) }

    func closeWriteEnd() { close(writeEnd) }

    /// Writes all of `bytes` on a thread of its own; false when the reader has gone.
    @discardableResult
    func write(_ bytes: [UInt8]) async -> Bool {
        await onThread { [writeEnd] in
            FileDescriptor(writeEnd).writeAll(bytes)
        }
    }

    /// Reads until the writer closes its end, or until so many lines or bytes have arrived.
    func read(lines count: Int = .max, bytes byteCount: Int = .max) async -> [UInt8] {
        await onThread { [readEnd] in
            var bytes: [UInt8] = []
            var lines = 0
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while lines < count, bytes.count < byteCount {
                let count = Glibc.read(readEnd, &buffer, buffer.count)
                if count <= 0 { break }
                bytes += buffer[..<count]
                lines += buffer[..<count].count { $0 == 0x0A }
            }
            return bytes
        }
    }

    /// Whether something waits to be read.
    var hasBytes: Bool {
        var poll = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }

    /// Whether a write would have to wait.
    var isFull: Bool {
        var poll = pollfd(fd: writeEnd, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 0
    }

    /// Fills the pipe, so that the next write has to wait, and returns how many lines it took.
    func fill() -> Int {
        let flags = fcntl(writeEnd, F_GETFL)
        _ = fcntl(writeEnd, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(writeEnd, F_SETFL, flags) }
        let block = [UInt8](repeating: 0x0A, count: 4096)
        var total = 0
        while true {
            let count = Glibc.write(writeEnd, block, block.count)
            if count <= 0 { return total }
            total += count
        }
    }
}

/// Awaits a blocking body on a thread of its own.
func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    guard let result = await OSThread.run(body) else { preconditionFailure("the system gives no thread") }
    return result
}
