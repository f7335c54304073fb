import Glibc
import Platform

/// Runs a connection on a thread of its own: connects, sends pipelines and reads replies, and connects again after a
/// loss.
final class RedisConnectionThread {
    private let target: RedisTarget
    private let connector: RedisConnector
    private let queue: Monitor<PipelineQueue>
    private let waker: Waker
    private let onFailure: @Sendable () -> Void
    private var backoff = RedisLimits.backoff
    /// Whether the connection has failed since it last worked for a while; after the first failure it retries at once.
    private var hasFailed = false
    private var random = SystemRandomNumberGenerator()
    /// The pipelines that were in flight at a loss, to send once more on the next socket.
    private var held: [RedisPipeline] = []

    init(
        _ target: RedisTarget, _ connector: RedisConnector, _ queue: Monitor<PipelineQueue>, _ waker: Waker,
        onFailure: @escaping @Sendable () -> Void
    ) {
        self.target = target
        self.connector = connector
        self.queue = queue
        self.waker = waker
        self.onFailure = onFailure
    }

    /// Runs until the connection is closed and nothing is in flight.
    func run() {
        // OpenSSL writes without MSG_NOSIGNAL, and SIGPIPE would end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while !isClosed {
            do {
                let socket = try connector.connectForEvents(to: target, until: attemptDeadline)
                queue.change { ($0.enter(.up), wakes: true) }
                let start = ContinuousClock.now
                let stream = PipelinedStream(socket)
                let fault = serve(stream)
                guard !isClosed else { break }
                // A replica answers, too, and refuses each write.
                let hasServed = stream.hasAnswered && fault != .readOnly
                if hasServed || ContinuousClock.now - start > RedisLimits.longestRetry {
                    hasFailed = false
                    backoff.reset()
                }
                recover(from: fault)
            } catch {
                pause(after: error)
            }
        }
        let left = queue.withLock { $0.take($0.pipelines.count) }
        for pipeline in left { pipeline.end(.unavailable(.connectionClosed, retryAfter: RedisLimits.longestRetry)) }
        giveUpHeld(.connectionClosed) { _ in true }
    }

    private var isClosed: Bool { queue.withLock { $0.phase == .closed } }

    /// When an attempt to connect has to end, so that the waiting pipelines end by their deadlines.
    private var attemptDeadline: ContinuousClock.Instant {
        let waiting = queue.withLock { $0.pipelines.first?.deadline }
        let limit = ContinuousClock.now + connector.times.connect
        return (held.map(\.deadline) + [waiting, limit].compactMap(\.self)).min() ?? limit
    }

    /// Serves pipelines until the socket is lost, or the connection is closed and nothing is in flight.
    private func serve(_ stream: PipelinedStream) -> RedisFault {
        giveUpHeld(.timedOut) { !$0.isWanted(at: .now) }
        for pipeline in held { stream.send(pipeline) }
        held = []
        while true {
            BatchPolicy.take()
            do throws(RedisFault) {
                if case .primary(let group) = target, group.hasReplaced(stream.endpoint) { throw .replaced }
                // A notice that has ended the idle session is read first, so that what waits goes to the next socket.
                if stream.isIdle, queue.withLock({ !$0.pipelines.isEmpty }) { try stream.read() }
                for pipeline in queue.withLock({ $0.take(stream.room) }) {
                    if pipeline.isWanted(at: .now) {
                        stream.send(pipeline)
                    } else {
                        pipeline.end(.unavailable(.timedOut, retryAfter: RedisLimits.shortestRetry))
                    }
                }
                try stream.write()
                if isClosed, stream.isIdle { return .connectionClosed }
                if try sleep(stream) { try stream.read() }
                if queue.withLock({ $0.takeNeedForNewSocket() }) { throw .readOnly }
            } catch {
                keep(stream.abandon(), after: error)
                return error
            }
        }
    }

    /// Sleeps until the socket is ready, which returns true, or a caller wakes the thread; throws when a pipeline has
    /// waited too long.
    private func sleep(_ stream: PipelinedStream) throws(RedisFault) -> Bool {
        let canTake = stream.room > 0
        // After `close` the thread still waits for what is in flight.
        guard queue.withLock({ $0.sleep(canTake: canTake) || $0.phase == .closed }) else { return false }
        defer { queue.withLock { $0.wokeUp() } }
        let deadline = stream.deadline
        let isReady = waker.sleep(until: deadline, socket: stream.descriptor, toWrite: stream.hasOutput)
        if !isReady, let deadline, deadline <= .now { throw .timedOut }
        return isReady
    }

    /// Keeps what a lost socket leaves behind: each pipeline is sent once more if its deadline allows.
    private func keep(_ left: (sent: [RedisPipeline], unsent: [RedisPipeline]), after fault: RedisFault) {
        let now = ContinuousClock.now
        held = left.sent
        giveUpHeld(fault) { $0.isResent || !$0.isWanted(at: now) }
        for pipeline in held { pipeline.isResent = true }
        for pipeline in left.unsent {
            if pipeline.isResent {
                // An earlier socket may have sent it.
                held.append(pipeline)
            } else if queue.withLock({ $0.add(pipeline, at: now) }) != .accepted(wakes: false) {
                pipeline.end(.unavailable(fault, retryAfter: RedisLimits.shortestRetry))
            }
        }
    }

    private func recover(from fault: RedisFault) {
        // A server that accepts connections and drops them is no better than a server that accepts none.
        guard !hasFailed else { return pause(after: fault) }
        hasFailed = true
        queue.withLock { $0.enter(.opening, fault) }
        onFailure()
    }

    /// Rejects callers until the next attempt.
    private func pause(after fault: RedisFault) {
        let pause = hasFailed ? backoff.next(using: &random) : .zero
        hasFailed = true
        let next = ContinuousClock.now + max(.milliseconds(1), pause)
        let left = queue.change { ($0.goDown(fault, nextAttempt: next), wakes: true) }
        let retryAfter = max(RedisLimits.shortestRetry, pause)
        for pipeline in left { pipeline.end(.unavailable(fault, retryAfter: retryAfter)) }
        onFailure()
        while !isClosed {
            let now = ContinuousClock.now
            giveUpHeld(fault) { $0.deadline <= now }
            guard now < next, queue.withLock({ $0.sleep(canTake: false) }) else { return }
            waker.sleep(until: held.map(\.deadline).reduce(next, min))
            queue.withLock { $0.wokeUp() }
        }
    }

    /// Ends held pipelines, lost by `fault`; checks each once, because its answer may change at any time.
    private func giveUpHeld(_ fault: RedisFault, where isOver: (RedisPipeline) -> Bool) {
        let all = held
        held = []
        for pipeline in all {
            if isOver(pipeline) {
                pipeline.end(.lost(fault, retryAfter: RedisLimits.shortestRetry))
            } else {
                held.append(pipeline)
            }
        }
    }
}
