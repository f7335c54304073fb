import JSON
import Platform

/// What changes for whoever waits for traces; each change is told once.
public enum TraceChange: Hashable, Sendable {
    /// The collector is lost, for a reason.
    case lost(String)
    /// The collector takes requests, and rejects so many spans of one.
    case rejects(Int)
    /// All spans are taken again.
    case back
}

/// Sends batches of spans, one after the other: the work of the tracer's thread.
struct SpanSender {
    /// The most attempts at one batch.
    private static let attempts = 4

    let settings: TraceSettings
    let version: String
    let collector: Collector
    let counter: SpanCounter
    let tell: @Sendable (TraceChange) -> Void
    /// When the last spans have to be sent; nil while the process goes on.
    let end: @Sendable () -> ContinuousClock.Instant?
    /// Waits until a time, or until the process ends.
    let waitForEnd: @Sendable (ContinuousClock.Instant) -> Void
    private var random = SystemRandomNumberGenerator()
    private var isLost = false
    private var isRejected = false

    init(
        settings: TraceSettings, version: String, collector: Collector, counter: SpanCounter,
        tell: @escaping @Sendable (TraceChange) -> Void, end: @escaping @Sendable () -> ContinuousClock.Instant?,
        waitForEnd: @escaping @Sendable (ContinuousClock.Instant) -> Void
    ) {
        self.settings = settings
        self.version = version
        self.collector = collector
        self.counter = counter
        self.tell = tell
        self.end = end
        self.waitForEnd = waitForEnd
    }

    /// Sends a batch, again where the specification allows it, and counts what has become of it.
    mutating func send(_ spans: [Span]) {
        let body = SpanBatch(spans: spans).body(
            serviceName: settings.serviceName, version: version, attributes: settings.resourceAttributes,
            random: &random)
        var backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        for attempt in 1...Self.attempts {
            let outcome = collector.post(body, end: end)
            switch outcome {
            case .taken(let rejected):
                let failed = min(rejected, spans.count)
                counter.change { counts in
                    counts.sent += spans.count - failed
                    counts.failed += failed
                }
                if failed > 0, !isRejected {
                    tell(.rejects(failed))
                } else if failed == 0, isLost || isRejected {
                    tell(.back)
                }
                (isLost, isRejected) = (false, failed > 0)
                return
            case .refused(let reason, let mayPass, let retryAfter):
                if !isLost { tell(.lost(reason)) }
                isLost = true
                guard mayPass, attempt < Self.attempts, end() == nil else {
                    return counter.change { $0.failed += spans.count }
                }
                let pause = retryAfter.map { .seconds(min($0, 30)) } ?? backoff.next(using: &random)
                waitForEnd(.now + pause)
            }
        }
    }
}
