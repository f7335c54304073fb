import Glibc
import JSON
import Synchronization

/// Where log lines go: one descriptor, whole lines, never waiting.
final class LogSink: Sendable {
    /// What a pipe takes whole or not at all (PIPE_BUF); longer lines are dropped.
    private static let mostBytes = 4096

    private let descriptor: Int32
    private let dropped = Mutex(0)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes one line, which `body` appends; it is told how many lines were dropped before.
    func write(_ body: (inout Writer, Int) -> Void) {
        dropped.withLock { dropped in
            var line = Writer(reserving: 256)
            body(&line, dropped)
            line.raw("\n")
            dropped = put(line.take()) ? 0 : dropped + 1
        }
    }

    private func put(_ line: [UInt8]) -> Bool {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard line.count <= Self.mostBytes, poll(&room, 1, 0) == 1, room.revents == Int16(POLLOUT) else { return false }
        return Glibc.write(descriptor, line, line.count) == line.count
    }
}
