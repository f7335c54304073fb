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
                kill -9 leaves it. Each daemon needs a name of its own.
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
            let tracer = Tracer(settings, version: Creditd.version, counter: counter) { reason in
                if let reason {
                    log.warning("traces cannot be sent", metadata: ["reason": "\(reason)"])
                } else {
                    log.notice("traces are sent again")
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
            return try MetricsFile(path: path, source: source) { code in
                log.error("the file of metrics cannot be written", metadata: ["reason": "\(errorText(code))"])
            }
        } catch {
            switch error {
            case .wrongName:
                throw ValidationError("The file of metrics needs a name that ends in .prom; no other is read.")
            case .taken:
                throw StartFailure(
                    status: ExitStatus.configuration, message: "another daemon writes the metrics file \(path)")
            case .failed(let code):
                throw StartFailure(
                    status: ExitStatus.configuration, message: "metrics file \(path): \(errorText(code))")
            }
        }
    }
}

private func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
