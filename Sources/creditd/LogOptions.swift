import ArgumentParser
import Logging

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// How much the daemon says on stderr.
struct LogOptions: ParsableArguments {
    @Option(help: "How much to log on stderr, as JSON lines.")
    var logLevel: Logger.Level = .notice

    func logger() -> Logger {
        let sink = LogSink(descriptor: 2)
        return Logger(label: "creditd") { JSONLogHandler(label: $0, level: logLevel, sink: sink) }
    }
}
