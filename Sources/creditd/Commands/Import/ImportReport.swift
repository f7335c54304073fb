import ArgumentParser
import Glibc
import Importing
import JSON
import Platform

/// Tells on stderr how far an import is: a bar on a terminal, otherwise a JSON line every ten seconds.
struct ImportReport {
    private static let timeBetweenLines = Duration.seconds(10)

    private let hasBar: Bool
    private var toldAt = ContinuousClock.now

    /// A bar would hide the rows that somebody types.
    init(areRowsTyped: Bool) {
        let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        hasBar = isatty(2) == 1 && terminal != "dumb" && !terminal.isEmpty && !areRowsTyped
    }

    /// Tells progress when it is time to; it is asked ten times a second.
    mutating func tell(_ progress: ImportProgress) {
        guard !hasBar else {
            return FileDescriptor(2).offer("\r\(progress.bar(width: Self.width - 1))\u{1B}[K")
        }
        guard .now - toldAt >= Self.timeBetweenLines else { return }
        toldAt = .now
        FileDescriptor(2).offer(progress.line + "\n")
    }

    /// Takes the bar away.
    func finish() {
        if hasBar { FileDescriptor(2).offer("\r\u{1B}[K") }
    }

    /// The columns of the terminal.
    private static var width: Int {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

/// What an import has come to.
struct ImportEnding {
    let kind: ImportKind
    let isDryRun: Bool
    let tally: ImportTally
    /// The rows of earlier runs under the same state.
    let formerRows: Int
    /// The rows that were read and have no end.
    let pending: Int
    let retries: Int
    let elapsed: Duration
    /// Whether the last row is left to another run.
    let leavesLastRow: Bool
    let stop: ImportStop?

    /// One line of JSON.
    var summary: [UInt8] {
        var writer = Writer()
        writer.object { object in
            object.key("kind")
            object.string(kind.rawValue)
            object.key("dryRun")
            object.bool(isDryRun)
            object.key("ended")
            object.string(word)
            tally.write(to: &object, isDryRun: isDryRun)
            let seconds = max(0.001, elapsed / .seconds(1))
            for (name, number): (StaticString, Int) in [
                ("rowsBefore", formerRows), ("rowsWithoutAnswer", pending), ("retries", retries),
                ("milliseconds", Int(seconds * 1000)), ("perSecond", Int(Double(tally.rows - formerRows) / seconds)),
            ] {
                object.key(name)
                object.number(number)
            }
        }
        return writer.take() + [0x0A]
    }

    private var word: String {
        switch stop {
        case nil: leavesLastRow ? "unfinished_row" : "complete"
        case .signal: "stopped_by_signal"
        case .maximumRejects: "too_many_rejects"
        case .forbidden: "forbidden"
        case .storeAway: "store_unavailable"
        case .failed(let failure): failure.status == ExitStatus.wrongData ? "unreadable" : "failed"
        }
    }

    /// What is told on stderr.
    var message: String? {
        switch stop {
        case nil where leavesLastRow:
            "the last row has no line end and is no whole row: it is not counted, and left to the next run"
        case nil, .signal: nil
        case .maximumRejects: "more rows were rejected than --max-rejects allows"
        case .forbidden(let cause): "the rows may not be imported: forbidden by \(cause); see --role"
        case .storeAway(let reason): "\(reason), for longer than --retry-for"
        case .failed(let failure): failure.message
        }
    }

    /// The exit code; nil for 0.
    var status: ExitCode? {
        switch stop {
        case nil: tally.rejected > 0 || leavesLastRow ? ExitStatus.errorAnswer : nil
        case .signal(let number): ExitCode(128 + number)
        case .maximumRejects, .forbidden: ExitStatus.errorAnswer
        case .storeAway: ExitStatus.unavailable
        case .failed(let failure): failure.status
        }
    }
}
