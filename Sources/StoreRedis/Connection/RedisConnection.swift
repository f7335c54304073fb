import Platform
import Repositories

/// A connection to one server, which a thread of its own keeps open until the last owner releases this object.
final class RedisConnection: Sendable {
    private let queue = Monitor(PipelineQueue())
    private let waker: Waker

    /// - Parameter onFailure: called on the thread after a loss and after each failed attempt to connect.
    init(
        _ endpoint: RedisEndpoint, _ connector: RedisConnector, onFailure: @escaping @Sendable () -> Void = {}
    ) throws(StoreOpenError) {
        guard let waker = Waker() else { throw .outOfResources }
        self.waker = waker
        let hasStarted = OSThread.start { [queue] in
            RedisConnectionThread(endpoint, connector, queue, waker, onFailure: onFailure).run()
        }
        guard hasStarted else { throw .outOfResources }
    }

    deinit {
        // The thread still answers what is in flight.
        if queue.change({ ($0.close(), wakes: true) }) { waker.wake() }
    }

    /// What keeps the connection from working, or the last refusal of its server.
    var fault: RedisFault? { queue.withLock { $0.fault } }
    var isUp: Bool { queue.withLock { $0.phase == .up } }

    /// Queues a pipeline, which ends by its deadline in any case.
    func submit(_ pipeline: RedisPipeline) {
        let now = ContinuousClock.now
        switch queue.withLock({ $0.add(pipeline, at: now) }) {
        case .accepted(let wakes): if wakes { waker.wake() }
        case .rejected(let retryAfter): pipeline.end(.unavailable(retryAfter: retryAfter))
        }
    }

    /// Ends the pipelines of a cancelled call that the thread has not taken yet.
    func withdraw(_ cancellation: Cancellation) {
        for pipeline in queue.withLock({ $0.withdraw(cancellation) }) {
            pipeline.end(.unavailable(retryAfter: RedisLimits.shortestRetry))
        }
    }

    /// Notes why the server refused a command.
    func note(_ fault: RedisFault) {
        if queue.withLock({ $0.note(fault) }) { waker.wake() }
    }

    /// Blocks until the first attempt to connect has succeeded or failed.
    func waitForFirstAttempt() -> RedisFault? {
        queue.wait { $0.phase == .opening ? nil : .some($0.fault) }
    }
}
