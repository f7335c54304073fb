import JSON

/// Counts and reports the messages that come to no group: calls that are answered at once, and what is refused.
///
/// Calls of one method in a row are counted together, by the reader's own counts: a ping takes 300 ns, and two counts
/// of references would be a tenth of it.
struct MessageNotes {
    var methods: MethodTable {
        didSet { countEarly() }
    }
    /// What was refused before the methods were there; nil from then on.
    private var early: [(method: String?, kind: FailureKind)]?
    private static let maximumEarly = 1000
    private let limits: Limits
    private let observer: (any CallObserver)?
    /// Whether calls without a trace are reported, too.
    private let reportsAll: Bool
    /// The method of the calls that are not counted yet.
    private var method: ObjectIdentifier?
    private var metrics: MethodMetrics?
    private var calls = 0
    private var requestBytes = 0
    private var responseBytes = 0

    /// `isEarly` tells that the methods will be set later.
    init(methods: MethodTable, isEarly: Bool, limits: Limits, observer: (any CallObserver)?) {
        self.methods = methods
        early = isEarly ? [] : nil
        self.limits = limits
        self.observer = observer
        reportsAll = observer?.wantsAll ?? false
    }

    /// Counts earlier calls of other methods, before this one is answered: it may answer with the counts.
    @inline(__always)
    mutating func begin(_ entry: MethodTable.Entry) {
        if method != ObjectIdentifier(entry) { change(to: entry) }
    }

    @inline(never)
    private mutating func change(to entry: MethodTable.Entry) {
        count()
        method = ObjectIdentifier(entry)
        metrics = entry.method.metrics
    }

    /// Notes a call that was answered at once.
    @inline(__always)
    mutating func answered(_ entry: MethodTable.Entry, _ trace: TraceParent?, bytes: Int, responseBytes: Int) {
        begin(entry)
        calls += 1
        requestBytes += bytes
        self.responseBytes += responseBytes
        if reportsAll || trace != nil { report(entry, trace) }
    }

    @inline(never)
    private func report(_ entry: MethodTable.Entry, _ trace: TraceParent?) {
        observer?.report(entry.name, trace, nil)
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
        (method?.metrics ?? methods.metrics.other).refused(FailureKind(failure), requestBytes: bytes)
        guard let observer else { return }
        let trace = call?.meta.flatMap { try? CallMeta($0, limits: limits).trace }
        observer.report(method?.name ?? CallMetrics.otherName, trace, FailureKind(failure))
    }

    /// Notes a request of another protocol that is refused before it became a call; nil for no known method.
    mutating func refused(_ method: String?, _ kind: FailureKind) {
        if let count = early?.count {
            if count < Self.maximumEarly { early?.append((method, kind)) }
            return
        }
        let entry = method.flatMap { name in methods.entries.first { $0.name == name } }
        (entry?.method.metrics ?? methods.metrics.other).refused(kind, requestBytes: 0)
        observer?.report(entry?.name ?? CallMetrics.otherName, nil, kind)
    }

    private mutating func countEarly() {
        guard let refusals = early else { return }
        early = nil
        for (method, kind) in refusals { refused(method, kind) }
    }
}
