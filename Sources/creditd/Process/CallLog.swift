import JSONRPC
import Logging
import Synchronization
import Telemetry

/// What is told of single calls: a line of the log for each that failed or took long, and a span for each that is
/// traced.
final class CallLog: CallObserver {
    private let log: Logger
    private let tracer: Tracer?
    private let rate = Mutex(LineRate())
    let slowTime: Duration?
    let wantsAll: Bool

    init(log: Logger, slowTime: Duration?, tracer: Tracer?) {
        self.log = log
        self.slowTime = slowTime
        self.tracer = tracer
        wantsAll = tracer?.tracesRoots ?? false
    }

    func report(_ call: CallReport) {
        tracer?.report(call)
        let isSlow = slowTime.map { call.time >= $0 } ?? false
        guard isSlow || call.error != nil else { return }
        // A failure is the client's to heed; that a call takes long is told to somebody who has asked for it.
        let level = isSlow ? Logger.Level.notice : .info
        guard log.logLevel <= level, let left = rate.withLock({ $0.take(at: .now) }) else { return }
        var metadata: Logger.Metadata = [
            "method": "\(call.method)", "queueMicroseconds": "\(call.queueTime.wholeMicroseconds)",
            "serviceMicroseconds": "\(call.serviceTime.wholeMicroseconds)",
        ]
        if let error = call.error {
            metadata["code"] = "\(error.code.rawValue)"
            metadata["reason"] = "\(error.reason)"
        }
        if let trace = call.trace { metadata["traceparent"] = "\(trace)" }
        if left > 0 { metadata["callsLeftOut"] = "\(left)" }
        log.log(level: level, isSlow ? "slow call" : "failed call", metadata: metadata)
    }
}

/// Limits lines to a number in each second, so that a flood of failures does not flood the log.
struct LineRate {
    static let linesPerSecond = 10

    private var second: ContinuousClock.Instant?
    private var lines = 0
    /// The lines that were left out since the last that was not.
    private var left = 0

    /// Returns how many lines were left out before this one; nil for a line that is to be left out.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        if second.map({ now - $0 >= .seconds(1) }) ?? true {
            second = now
            lines = 0
        }
        guard lines < Self.linesPerSecond else {
            left += 1
            return nil
        }
        lines += 1
        defer { left = 0 }
        return left
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int { Int(self / .microseconds(1)) }
}
