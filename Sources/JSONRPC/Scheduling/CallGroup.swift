import JSON
import Platform
import Synchronization

/// The number of a group on its connection; a later group has a greater number.
typealias GroupID = UInt64

/// Calls of one method that are served together.
///
/// Unchecked: the reader adds calls until it submits the group. From then on only `state`, behind its lock, changes.
/// The params belong to the task that serves the group, and `indexInTable` to the reader. What changes with each call
/// is changed in place, so that the run-time check for overlapping accesses, which costs more than the change, is off.
@usableFromInline
final class CallGroup: @unchecked Sendable {
    /// What a group is made with.
    struct Context {
        let id: GroupID
        let method: Method
        /// The index of the method.
        let lane: Int
        /// The stage within the round, as `Precedence` orders it.
        let stage: Int
        let output: OutputQueue
        let counters: ConnectionCounters
        var observer: (any CallObserver)?
        /// When the first call arrived.
        var arrival = ContinuousClock.now
    }

    /// An error ahead of the group, or without one no answer, for the call at an index.
    struct Refusal {
        let index: Int
        let failure: Failure?
    }

    /// Which calls still wait for their responses.
    struct State {
        private enum Stage { case waiting, running, answered }

        /// The calls are answered once their responses are sent or about to be.
        private var stage = Stage.waiting
        /// The calls that were answered ahead of their group: cancelled, or past their deadlines.
        private(set) var closed: Set<Int> = []
        /// The task that serves the group; nil until it is known, which may be after it has begun.
        var task: Task<Void, Never>?
        /// The refusal of the last call that was left, while the task that it has to cancel is not known.
        var lastRefusal: Refusal?
        /// When the group began to be served; nil before.
        private(set) var beginning: ContinuousClock.Instant?
        /// The closed calls whose responses are not sent yet.
        private var refusals = 0
        /// What follows when the group is served and every closed call has its response.
        private var finish: (@Sendable () -> Void)?

        /// Closes a call ahead of its group; false when the call is answered already. `noteRefused` has to follow.
        mutating func close(_ index: Int) -> Bool {
            guard stage != .answered, closed.insert(index).inserted else { return false }
            refusals += 1
            return true
        }

        /// Notes that a closed call has its response, and returns what follows now.
        mutating func noteRefused() -> (@Sendable () -> Void)? {
            refusals -= 1
            guard refusals == 0 else { return nil }
            defer { finish = nil }
            return finish
        }

        /// Notes that the group is served; returns `finish` unless a closed call still has no response.
        mutating func noteServed(_ finish: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
            if refusals == 0 { return finish }
            self.finish = finish
            return nil
        }

        /// Whether a call still waits for its response.
        func isOpen(_ index: Int) -> Bool {
            stage != .answered && !closed.contains(index)
        }

        var isAnswered: Bool { stage == .answered }

        /// Begins to run, and returns the open calls, nil for all of `count`. Closed calls never run.
        mutating func begin(_ count: Int) -> [Int]? {
            stage = .running
            beginning = .now
            return closed.isEmpty ? nil : (0..<count).filter { !closed.contains($0) }
        }

        /// Notes that the responses are there, so that no call can be closed any more.
        mutating func settle() {
            stage = .answered
        }

        /// Whether the group runs although all of its calls are closed.
        func isAbandoned(of count: Int) -> Bool {
            stage == .running && closed.count == count
        }
    }

    private static let callsOfLongGroup = 8

    let context: Context
    /// The decoded params, whose type only the method knows.
    @usableFromInline let params: AnyObject
    private let call: Method.Grouping.Call
    private let state = Mutex(State())
    @exclusivity(unchecked) private(set) var calls = PendingCalls()
    @exclusivity(unchecked) private(set) var load = GroupScheduler.Load()
    /// The bytes of the requests.
    @exclusivity(unchecked) private(set) var requestBytes = 0
    /// The groups that must be finished before this group runs.
    var predecessors: Set<GroupID> = []
    /// Where `IDsInFlight` keeps the group; -1 when it does not.
    @exclusivity(unchecked) var indexInTable = -1

    var id: GroupID { context.id }
    var lane: Int { context.lane }
    /// Whether all calls are of another protocol, and none writes.
    var isForeignRead: Bool {
        !context.method.takesKeys && (0..<calls.count).allSatisfy { calls.target(of: $0).isForeign }
    }
    var isUrgent: Bool { context.method.isUrgent }
    /// Whether it is one urgent call, for which somebody waits.
    var isLone: Bool { isUrgent && load.calls == 1 }
    /// Whether the group computes for so long that a lone call had better be answered first.
    var isLong: Bool { !isUrgent && load.calls >= Self.callsOfLongGroup }

    init(_ context: Context, params: AnyObject, call: @escaping Method.Grouping.Call) {
        self.context = context
        self.params = params
        self.call = call
    }

    /// Adds a call, and tells its client that progress begins if the client asked.
    func append(_ call: IncomingCall) {
        calls.append(call)
        load.calls += 1
        load.bytes += call.bytes + context.method.answerSize.bytes
        requestBytes += call.bytes
        if call.workDoneToken != nil { tell(calls.count - 1, .begin(title: context.method.name)) }
    }

    /// The bytes of the requests, and of their responses by what is known now of their size.
    var bytesWhileRunning: Int { requestBytes + calls.count * context.method.answerSize.bytes }

    /// Serves the calls and sends their responses.
    func serve() async {
        BatchPolicy.take()
        let left = begin()
        let count = left?.count ?? calls.count
        if count == 0 { return context.method.metrics.ended(calls.count) }
        let beginning = ContinuousClock.now
        let write = await call(params, left)
        let serviceTime = ContinuousClock.now - beginning
        var responses = settle(reserving: count * context.method.answerSize.bytes)
        while write(&responses) { await context.output.untilTaken() }
        context.method.answerSize.measure(bytes: responses.bytes, calls: responses.count)
        let outcome = GroupOutcome(
            calls: count, queueTime: beginning - context.arrival, serviceTime: serviceTime,
            responseBytes: responses.bytes, failures: responses.failures)
        // Counted first, so that a client that has its answer finds it counted.
        context.method.metrics.ended(calls.count, outcome)
        let closed = responses.closed
        responses.send()
        context.observer?.report(self, outcome, served: left, closed: closed)
    }

    /// Whether a call still waits for its response.
    func isOpen(_ index: Int) -> Bool {
        state.withLock { $0.isOpen(index) }
    }

    /// Whether the responses are sent or about to be.
    var isAnswered: Bool { state.withLock(\.isAnswered) }

    /// The earliest deadline among the calls that wait.
    var earliestDeadline: ContinuousClock.Instant? {
        if calls.deadlines.isEmpty { return nil }
        let state = state.withLock(\.self)
        return calls.deadlines.filter { state.isOpen($0.index) }.map(\.deadline.instant).min()
    }

    /// Answers the calls whose deadlines have passed with an error.
    func expire(_ now: ContinuousClock.Instant) {
        for (index, deadline) in calls.deadlines where deadline.instant <= now {
            let timeout = Failure.Detail.integer("timeoutMs", Int64(deadline.timeoutMilliseconds))
            refuse(index, with: Failure(.deadlineExceeded, details: [timeout]))
        }
    }

    /// Answers a call with an error ahead of its group, unless it is answered; without an error it gets no answer. A
    /// call that does not run yet never will.
    ///
    /// When no call of a running group waits any more, its task is cancelled, and before the client learns of it:
    /// nothing that the store has not begun is begun afterwards. While that task is not known, `started` does both.
    func refuse(_ index: Int, with failure: Failure?) {
        let refusal = Refusal(index: index, failure: failure)
        let (isDue, task, beginning) = state.withLock { state in
            guard state.close(index) else { return (false, Task<Void, Never>?.none, state.beginning) }
            guard state.isAbandoned(of: calls.count) else { return (true, nil, state.beginning) }
            if state.task == nil { state.lastRefusal = refusal }
            return (state.task != nil, state.task, state.beginning)
        }
        guard isDue else { return }
        task?.cancel()
        answer(refusal, since: beginning)
    }

    private func answer(_ refusal: Refusal, since beginning: ContinuousClock.Instant?) {
        let kind = refusal.failure.map { FailureKind($0) } ?? FailureKind(.requestCancelled)
        context.method.metrics.failed(kind)
        if let failure = refusal.failure {
            var responses = GroupResponses(of: self)
            responses.error(of: refusal.index, failure)
            responses.send()
        } else {
            calls.target(of: refusal.index).send(nil, by: context.output)
        }
        context.observer?.report(refusal.index, of: self, kind, since: beginning)
        state.withLock { $0.noteRefused() }?()
    }

    /// Calls `finish` once the group, which is served, has sent the response of every call: also of one that is being
    /// answered ahead on another thread.
    func whenAllAnswered(_ finish: @escaping @Sendable () -> Void) {
        state.withLock { $0.noteServed(finish) }?()
    }

    /// Notes the task that serves the group, and answers the call that was refused meanwhile.
    func started(as task: Task<Void, Never>) {
        let (refusal, beginning) = state.withLock { state in
            state.task = task
            defer { state.lastRefusal = nil }
            return (state.lastRefusal, state.beginning)
        }
        guard let refusal else { return }
        task.cancel()
        answer(refusal, since: beginning)
    }

    /// Begins to run, and returns the calls that are left to serve, nil for all.
    func begin() -> [Int]? {
        state.withLock { state in
            let left = state.begin(calls.count)
            // Inside the lock, so that no call is answered ahead of its report.
            for (index, _) in calls.tokens where state.isOpen(index) { tell(index, .report) }
            return left
        }
    }

    /// Notes that the responses are there, so that no call is answered ahead any more, and returns their writer.
    func settle(reserving capacity: Int) -> GroupResponses {
        let closed = state.withLock { state in
            state.settle()
            return state.closed
        }
        return GroupResponses(of: self, without: closed, reserving: capacity)
    }

    /// Sends the progress of a call to a client that asked for it.
    func tell(_ index: Int, _ stage: ProgressStage) {
        guard let token = calls.token(of: index) else { return }
        var line = Writer()
        let form = calls.target(of: index).progressForm
        token.withUnsafeBufferPointer { line.progress(stage, token: $0, form) }
        context.output.append(line.take())
    }
}
