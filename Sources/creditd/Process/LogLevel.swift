import ArgumentParser
import Glibc
import Logging
import Platform
import Synchronization

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// How much the daemon says on stderr.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much to log on stderr, as JSON lines.", discussion: "Default: $CREDITD_LOG_LEVEL, else notice.",
            valueName: "level"))
    var logLevel: Logger.Level?

    @Option(
        help: ArgumentHelp(
            "A file that holds the level in one word; it is read again at SIGHUP, and wins over --log-level.",
            discussion: "Default: $CREDITD_LOG_LEVEL_FILE, without --log-level.", valueName: "file"))
    var logLevelFile: String?
}

/// How much is logged now: by a flag, by a variable of the environment, or by a file that is read again at SIGHUP.
final class LogLevel: Sendable {
    private static let maximumFileBytes = 4096

    private let options: LogOptions
    private let variable: String?
    private let file: String?
    private let level = Mutex(Logger.Level.notice)

    /// Takes `notice` until the first ``read()``.
    init(_ options: LogOptions) {
        self.options = options
        variable = Self.variable("CREDITD_LOG_LEVEL")
        file = options.logLevelFile ?? (options.logLevel == nil ? Self.variable("CREDITD_LOG_LEVEL_FILE") : nil)
    }

    var current: Logger.Level { level.withLock { $0 } }

    func logger() -> Logger {
        let sink = LogSink(descriptor: 2)
        return Logger(label: "creditd") { _ in JSONLogHandler(level: self, sink: sink) }
    }

    /// Reads the level; without one that can be used the former stays.
    func read() throws(StartFailure) {
        let next: Logger.Level
        if let file {
            next = try Self.level(in: file)
        } else if let level = options.logLevel {
            next = level
        } else if let variable {
            guard let level = Logger.Level(rawValue: variable) else {
                throw StartFailure(
                    status: .validationFailure, message: "CREDITD_LOG_LEVEL is none of \(Self.names)")
            }
            next = level
        } else {
            next = .notice
        }
        level.withLock { $0 = next }
    }

    private static var names: String { Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func level(in file: String) throws(StartFailure) -> Logger.Level {
        guard let bytes = FileDescriptor.text(of: file, maximumBytes: maximumFileBytes) else {
            let reason = String(cString: strerror(errno))
            throw StartFailure(status: ExitStatus.configuration, message: "log level file \(file): \(reason)")
        }
        let word = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard word.count == 1, let level = Logger.Level(rawValue: String(word[0])) else {
            throw StartFailure(
                status: ExitStatus.configuration, message: "log level file \(file) does not hold one of \(names)")
        }
        return level
    }
}
