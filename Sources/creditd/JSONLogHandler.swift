import Bureau
import Glibc
import JSON
import Logging
import Services

/// Writes log entries as JSON lines to stderr, and never blocks on it: a line for which there is no room is dropped,
/// and the next that fits tells how many were.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String
    private let sink: LogSink

    init(label: String, level: Logger.Level, sink: LogSink) {
        self.label = label
        self.sink = sink
        logLevel = level
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
