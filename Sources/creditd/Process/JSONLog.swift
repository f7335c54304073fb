import Bureau
import Glibc
import JSON
import Logging
import Services
import Synchronization

/// Writes log entries as JSON lines to stderr and never blocks. A line without room is dropped, and the next line tells
/// how many were dropped.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    private let level: LogLevel
    /// The level of this handler's copy alone, once it was set.
    private var ownLevel: Logger.Level?
    private let sink: LogSink

    init(level: LogLevel, sink: LogSink) {
        self.level = level
        self.sink = sink
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? level.current }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        sink.write { line, dropped in
            line.object { entry in
                entry.key("time")
                Stamps.system.now().withText { entry.string(utf8: $0) }
                entry.key("level")
                entry.string(event.level.rawValue)
                entry.key("message")
                entry.string(event.message.description)
                for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
                    $0.key < $1.key
                }) {
                    entry.key(key)
                    entry.string(value.description)
                }
                if dropped > 0 {
                    entry.key("droppedLines")
                    entry.number(dropped)
                }
            }
        }
    }
}

/// The descriptor of log lines: writes whole lines and never waits.
final class LogSink: Sendable {
    /// The longest line, because a pipe takes up to PIPE_BUF bytes whole or not at all.
    private static let mostBytes = 4096

    private let descriptor: Int32
    private let dropped = Mutex(0)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes one line, which `body` appends; the number tells how many lines were dropped before.
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
