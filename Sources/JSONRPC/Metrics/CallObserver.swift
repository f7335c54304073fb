/// Told of calls one by one: those that took long, that failed, or whose clients trace them.
public protocol CallObserver: Sendable {
    /// Whether every call is reported.
    var wantsAll: Bool { get }
    /// How long a call takes that is reported in any case; nil for no such time.
    var slowTime: Duration? { get }

    /// Takes a call that has ended. Called by the thread that has answered it, so it must not wait.
    func report(_ call: CallReport)
}

/// A call that has ended. It holds nothing of its params and its response.
public struct CallReport: Sendable {
    /// The method's name, or `CallMetrics.otherName`.
    public var method: String
    /// Its place in the trace of its client, if the client said so.
    public var trace: TraceParent?
    /// The error that it was answered with; nil for a result.
    public var error: FailureKind?
    /// When the first call of its group arrived.
    public var arrival: ContinuousClock.Instant
    /// The time until its group was served; zero for a call that never was.
    public var queueTime: Duration = .zero
    public var serviceTime: Duration = .zero

    /// The time from the arrival to the answer.
    public var time: Duration { queueTime + serviceTime }
}

extension CallObserver {
    /// Reports those calls of a group that are wanted; `served` are the calls that were, nil for all. Those that were
    /// answered ahead, `closed`, are reported already.
    func report(_ group: CallGroup, _ outcome: GroupOutcome, served: [Int]?, closed: Set<Int>) {
        var report = CallReport(
            method: group.context.method.name, arrival: group.context.arrival, queueTime: outcome.queueTime,
            serviceTime: outcome.serviceTime)
        var (failures, traces) = (outcome.failures[...], group.calls.traces[...])
        let reportsAll = wantsAll || slowTime.map { report.time >= $0 } ?? false
        if !reportsAll, failures.isEmpty, traces.isEmpty { return }
        // Calls, failures and traces are in the order of arrival.
        for index in served ?? Array(0..<group.calls.count) where !closed.contains(index) {
            traces = traces.drop { $0.index < index }
            let failure = failures.first?.index == index ? failures.removeFirst() : nil
            report.trace = traces.first?.index == index ? traces.removeFirst().trace : nil
            guard reportsAll || failure != nil || report.trace != nil else { continue }
            report.error = failure?.kind
            self.report(report)
        }
    }

    /// Reports a call that was answered without a group.
    func report(_ method: String, _ trace: TraceParent?, _ failure: FailureKind?) {
        guard failure != nil || trace != nil || wantsAll else { return }
        report(CallReport(method: method, trace: trace, error: failure, arrival: .now))
    }

    /// Reports a call that was answered ahead of its group, which was served since `beginning`; nil when it never was.
    func report(_ index: Int, of group: CallGroup, _ failure: FailureKind, since beginning: ContinuousClock.Instant?) {
        let (arrival, now) = (group.context.arrival, ContinuousClock.now)
        report(
            CallReport(
                method: group.context.method.name, trace: group.calls.trace(of: index), error: failure,
                arrival: arrival, queueTime: (beginning ?? now) - arrival,
                serviceTime: beginning.map { now - $0 } ?? .zero))
    }
}
