import Platform
import Repositories

/// A connection to one server, which a thread of its own keeps open until the last owner releases this object.
final class RedisConnection: Sendable {
    private let queue = Monitor(PipelineQueue())
    private let waker: Waker
    private let target: RedisTarget

    /// - Parameter onFailure: called on the thread after a loss and after each failed attempt to connect.
    init(
        _ target: RedisTarget, _ connector: RedisConnector, onFailure: @escaping @Sendable () -> Void = {}
    ) throws(StoreOpenError) {
        guard let waker = Waker() else { throw .outOfResources }
        self.waker = waker
        self.target = target
        if case .primary(let group) = target { group.add(waker) }
        let hasStarted = OSThread.start { [queue] in
            RedisConnectionThread(target, connector, queue, waker, onFailure: onFailure).run()
        }
        guard hasStarted else { throw .outOfResources }
    }

    deinit {
        // The thread still answers what is in flight.
        if queue.change({ ($0.close(), wakes: true) }) { waker.wake() }
    }

    /// Why the connection is not up.
    var fault: RedisFault? { queue.withLock { $0.fault } }
    var isUp: Bool { queue.withLock { $0.phase == .up } }

    /// Queues a pipeline, which ends by its deadline in any case.
    func submit(_ pipeline: RedisPipeline) {
        let now = ContinuousClock.now
        switch queue.withLock({ $0.add(pipeline, at: now) }) {
        case .accepted(let wakes): if wakes { waker.wake() }
        case .rejected(let fault, let retryAfter): pipeline.end(.unavailable(fault, retryAfter: retryAfter))
        }
    }

    /// Ends the pipelines of a cancelled call that the thread has not taken yet.
    func withdraw(_ cancellation: Cancellation) {
        for pipeline in queue.withLock({ $0.withdraw(cancellation) }) {
            pipeline.end(.unavailable(.timedOut, retryAfter: RedisLimits.shortestRetry))
        }
    }

    /// Lets the thread connect again, because the server has become a replica.
    func leaveReplica() {
        if queue.withLock({ $0.leaveReplica() }) { waker.wake() }
    }

    /// Has the sentinels asked whether another server is the primary now.
    func doubtPrimary() {
        if case .primary(let group) = target { group.doubtPrimary() }
    }

    /// Blocks until the first attempt to connect has succeeded or failed.
    func waitForFirstAttempt() -> RedisFault? {
        queue.wait { $0.phase == .opening ? nil : .some($0.fault) }
    }
}

/// What a connection's callers share with its thread: the pipelines that wait for the thread, and the connection's
/// state.
struct PipelineQueue {
    enum Phase: Equatable {
        /// The thread connects for the first time, or at once after a loss; callers wait for the outcome.
        case opening
        case up
        /// The last attempt failed; callers are rejected until an attempt succeeds.
        case down(nextAttempt: ContinuousClock.Instant)
        case closed
    }

    enum Admission: Equatable {
        case accepted(wakes: Bool)
        case rejected(RedisFault, retryAfter: Duration)
    }

    private(set) var phase = Phase.opening
    /// Why the connection is not up.
    private(set) var fault: RedisFault?
    private(set) var pipelines: [RedisPipeline] = []
    /// Whether the thread sleeps in poll(2) and has to be woken.
    private var isThreadAsleep = false
    /// Whether the server is no longer a master, so that the thread has to connect again.
    private var needsNewSocket = false

    mutating func add(_ pipeline: RedisPipeline, at now: ContinuousClock.Instant) -> Admission {
        switch phase {
        case .closed: return .rejected(.connectionClosed, retryAfter: RedisLimits.longestRetry)
        case .down(let nextAttempt):
            let retryAfter = max(RedisLimits.shortestRetry, nextAttempt - now)
            return .rejected(fault ?? .timedOut, retryAfter: retryAfter)
        case .opening, .up: break
        }
        // A later cancellation finds the pipeline in `withdraw`.
        guard !pipeline.cancellation.isCancelled else {
            return .rejected(.timedOut, retryAfter: RedisLimits.shortestRetry)
        }
        let bytes = pipelines.reduce(pipeline.commands.bytes.count) { $0 + $1.commands.bytes.count }
        guard pipelines.count < RedisLimits.waitingPipelines, pipelines.isEmpty || bytes <= RedisLimits.waitingBytes
        else { return .rejected(.tooMuchWaiting, retryAfter: RedisLimits.shortestRetry) }
        pipelines.append(pipeline)
        return .accepted(wakes: wakeThread())
    }

    /// Removes and returns the pipelines that have waited longest, at most `limit` of them.
    mutating func take(_ limit: Int) -> [RedisPipeline] {
        guard !pipelines.isEmpty, limit > 0 else { return [] }
        let taken = Array(pipelines.prefix(limit))
        pipelines.removeFirst(taken.count)
        return taken
    }

    /// Removes and returns the pipelines of a cancelled call.
    mutating func withdraw(_ cancellation: Cancellation) -> [RedisPipeline] {
        let withdrawn = pipelines.filter { $0.cancellation === cancellation }
        pipelines.removeAll { $0.cancellation === cancellation }
        return withdrawn
    }

    /// Notes that the thread is about to sleep; false when there is work that it can take.
    mutating func sleep(canTake: Bool) -> Bool {
        guard phase != .closed, !canTake || pipelines.isEmpty else { return false }
        isThreadAsleep = true
        return true
    }

    mutating func wokeUp() { isThreadAsleep = false }

    /// - Parameter fault: why the connection is not up.
    mutating func enter(_ next: Phase, _ fault: RedisFault? = nil) {
        guard phase != .closed else { return }
        phase = next
        self.fault = fault
        if next == .up { needsNewSocket = false }
    }

    /// Notes a failed attempt to connect; removes and returns all pipelines, which need not wait any longer.
    mutating func goDown(_ fault: RedisFault, nextAttempt: ContinuousClock.Instant) -> [RedisPipeline] {
        enter(.down(nextAttempt: nextAttempt), fault)
        return take(pipelines.count)
    }

    /// Notes that the server is a replica: after a failover the same name may lead to another server. Returns whether
    /// the thread has to be woken to react.
    mutating func leaveReplica() -> Bool {
        guard phase == .up else { return false }
        needsNewSocket = true
        return wakeThread()
    }

    /// Returns whether the thread has to connect again, once for each reason.
    mutating func takeNeedForNewSocket() -> Bool {
        defer { needsNewSocket = false }
        return needsNewSocket
    }

    /// Rejects all further pipelines; true when the thread has to be woken to end.
    mutating func close() -> Bool {
        phase = .closed
        return wakeThread()
    }

    private mutating func wakeThread() -> Bool {
        defer { isThreadAsleep = false }
        return isThreadAsleep
    }
}
