import ArgumentParser
import FoundationEssentials
import Glibc
import JSONRPC
import Logging
import Telemetry

/// What is told of calls beside their answers: a file of numbers, lines of the log, and traces.
struct ObservingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep the numbers of system.metrics in a file NAME.prom, as node_exporter's textfile collector takes it.",
            discussion: """
                Default: $CREDITD_METRICS_FILE. Written every ten seconds, whole at once, and removed at the end; \
                kill -9 leaves it. Each daemon needs a name of its own. A file that holds something else is refused.
                """,
            valueName: "file"))
    var metricsFile: String?

    @Option(
        help: ArgumentHelp(
            "Log each call that takes this long or longer, such as 100ms; failed calls are logged at the level info.",
            discussion: "At most \(LineRate.linesPerSecond) lines a second.", valueName: "time"))
    var slowCall: Timeout?

    /// Starts the traces that the environment asks for, if any. What cannot be used of it is told and does not keep the
    /// daemon from starting.
    func tracer(_ counter: SpanCounter, _ log: Logger) -> Tracer? {
        do throws(TraceSettings.Flaw) {
            guard let settings = try TraceSettings(ProcessInfo.processInfo.environment) else { return nil }
            let tracer = Tracer(settings, version: Creditd.version, counter: counter) { change in
                switch change {
                case .lost(let reason): log.warning("traces cannot be sent", metadata: ["reason": "\(reason)"])
                case .rejects(let count):
                    log.warning("the collector rejects spans", metadata: ["spans": "\(count)"])
                case .back: log.notice("traces are sent again")
                }
            }
            if tracer == nil { log.warning("no traces are sent", metadata: ["reason": "the system gives no thread"]) }
            return tracer
        } catch {
            log.warning("no traces are sent", metadata: ["reason": "\(error.description)"])
            return nil
        }
    }

    func callLog(_ log: Logger, tracer: Tracer?) -> CallLog {
        CallLog(log: log, slowTime: slowCall.map { .milliseconds($0.milliseconds) }, tracer: tracer)
    }

    /// Writes the file of numbers from now on; nil when none is asked for.
    func file(of source: MetricsSource, _ log: Logger) throws -> MetricsFile? {
        let variable = ProcessInfo.processInfo.environment["CREDITD_METRICS_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = metricsFile ?? variable else { return nil }
        do throws(MetricsFile.Refusal) {
            let file = try MetricsFile(path: path, source: source) { refusal in
                if let refusal {
                    log.error("the file of metrics cannot be written", metadata: ["reason": "\(refusal.text)"])
                } else {
                    log.notice("the file of metrics is written again")
                }
            }
            StopSignals.beforeForcedEnd { file.remove() }
            return file
        } catch {
            if error == .wrongName { throw ValidationError(error.text) }
            throw StartFailure(status: ExitStatus.configuration, message: "metrics file \(path): \(error.text)")
        }
    }
}

extension MetricsFile.Refusal {
    fileprivate var text: String {
        switch self {
        case .wrongName: "The file of metrics needs a name that ends in .prom; no other is read."
        case .taken: "another daemon writes it"
        case .foreign: "it holds something else, which creditd has not written and does not overwrite"
        case .irregular: "it is no regular file"
        case .failed(let code): String(cString: strerror(code))
        }
    }
}
