import JSON

/// Counts and reports the messages that come to no group: calls that are answered at once, and what is refused.
///
/// Calls of one method in a row are counted together.
struct MessageNotes {
    var methods: MethodTable
    private let limits: Limits
    private let observer: (any CallObserver)?
    /// The method of the calls that are not counted yet.
    private var metrics: MethodMetrics?
    private var calls = 0
    private var requestBytes = 0
    private var responseBytes = 0

    init(methods: MethodTable, limits: Limits, observer: (any CallObserver)?) {
        self.methods = methods
        self.limits = limits
        self.observer = observer
    }

    /// Counts earlier calls of other methods, before this one is answered: it may answer with the counts.
    mutating func begin(_ method: Method) {
        guard metrics !== method.metrics else { return }
        count()
        metrics = method.metrics
    }

    /// Notes a call that was answered at once.
    mutating func answered(_ method: Method, _ trace: TraceParent?, bytes: Int, responseBytes: Int) {
        begin(method)
        calls += 1
        requestBytes += bytes
        self.responseBytes += responseBytes
        if let observer, trace != nil || observer.wantsAll { observer.report(method.name, trace, nil) }
    }

    /// Counts what was noted since the last time.
    mutating func count() {
        if calls == 0 { return }
        metrics?.answered(calls, requestBytes: requestBytes, responseBytes: responseBytes)
        (calls, requestBytes, responseBytes) = (0, 0, 0)
    }

    /// Notes a call that is refused before it came to a group; nil for a message that is no call.
    func refused(_ failure: Failure, _ call: Envelope?, bytes: Int) {
        let index = call.flatMap { methods.index(of: $0.method) }
        let method = index.map { methods.entries[$0].method }
        (method?.metrics ?? methods.metrics.other).refused(failure.code, requestBytes: bytes)
        guard let observer else { return }
        let trace = call?.meta.flatMap { try? CallMeta($0, limits: limits).trace }
        observer.report(method?.name ?? CallMetrics.otherName, trace, failure)
    }
}
