import JSONRPC
import Platform

/// Makes spans of traced calls, and sends them to a collector from a thread of its own.
///
/// Whoever reports a call never waits: when too many spans wait for a collector that is slow or away, further ones are
/// dropped and counted.
public final class Tracer: Sendable {
    /// The most spans that wait, and the most in one request: the values of OpenTelemetry's batch processor.
    static let (mostWaiting, mostInBatch) = (2048, 512)
    /// How long spans wait for others.
    private static let delay = Duration.seconds(1)
    /// How long the end of the process waits for the last spans.
    private static let endTime = Duration.milliseconds(800)

    struct State {
        var spans: [Span] = []
        var random: SpanIdentifiers
        /// When the last spans have to be sent; nil while the process goes on.
        var end: ContinuousClock.Instant?
        var isEnded = false

        /// Takes the spans of a request.
        mutating func takeBatch() -> [Span] {
            let batch = Array(spans.prefix(Tracer.mostInBatch))
            spans.removeFirst(batch.count)
            return batch
        }
    }

    private let sampler: TraceSampler
    private let state: Monitor<State>
    private let counter: SpanCounter

    /// Whether calls without a trace of their clients' may be traced.
    public var tracesRoots: Bool { sampler.samplesRoots }

    /// Nil when the system gives no thread, or libcurl cannot be started. `tell` is told once of a collector that is
    /// lost, that rejects spans, or that is back.
    public init?(
        _ settings: TraceSettings, version: String, counter: SpanCounter,
        tell: @escaping @Sendable (TraceChange) -> Void
    ) {
        self.counter = counter
        sampler = settings.sampler
        var system = SystemRandomNumberGenerator()
        state = Monitor(State(random: SpanIdentifiers(state: system.next())))
        guard let collector = Collector(settings) else { return nil }
        let state = state
        let sender = SpanSender(
            settings: settings, version: version, collector: collector, counter: counter, tell: tell,
            end: { state.withLock(\.end) },
            waitForEnd: { deadline in _ = state.wait(until: deadline) { $0.end == nil ? nil : () } })
        guard OSThread.start({ Self.run(state, sender) }) else { return nil }
        counter.begin()
    }

    /// Takes a call that has ended.
    public func report(_ call: CallReport) {
        guard call.trace != nil || tracesRoots else { return }
        let isDropped: Bool = state.change { state in
            let high = call.trace?.traceHigh ?? state.random.next()
            let low = call.trace?.traceLow ?? state.random.next()
            guard sampler.samples(call.trace, traceLow: low) else { return (false, false) }
            guard state.spans.count < Self.mostWaiting, state.end == nil else { return (true, false) }
            state.spans.append(
                Span(traceHigh: high, traceLow: low, parentID: call.trace?.parentID, call: call))
            return (false, state.spans.count == 1 || state.spans.count == Self.mostInBatch)
        }
        if isDropped { counter.change { $0.dropped += 1 } }
    }

    /// Sends what waits, for less than a second. Blocks.
    public func finish() {
        let end = ContinuousClock.now + Self.endTime
        state.update { $0.end = end }
        state.wait(until: end + .milliseconds(100)) { $0.isEnded ? () : nil }
    }

    private static func run(_ state: Monitor<State>, _ sender: SpanSender) {
        var sender = sender
        while true {
            state.wait { $0.spans.isEmpty && $0.end == nil ? nil : () }
            state.wait(until: .now + delay) { $0.spans.count >= mostInBatch || $0.end != nil ? () : nil }
            let (batch, isLast) = state.withLock { ($0.takeBatch(), $0.end != nil && $0.spans.isEmpty) }
            if !batch.isEmpty { sender.send(batch) }
            if isLast { break }
        }
        state.update { $0.isEnded = true }
    }
}

/// Makes identifiers of traces by the generator SplitMix64: they need to differ, and nothing else.
struct SpanIdentifiers: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
