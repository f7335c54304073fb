import Repositories

/// The state of the pool: the work that waits, the workers (a thread with one connection each), and whether the server
/// is down.
///
/// A pure value. Its functions take the time and return whom to wake; the caller changes it under a lock and acts
/// after.
struct PoolState<Work: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum WorkerState: Hashable, Sendable {
        /// Has no connection and waits for the permission to open one.
        case parked
        case connecting
        /// Ends what it has left on the server before it connects again.
        case closing
        /// Waits for the next attempt to connect.
        case waiting
        case ready(load: Int)
    }

    struct Waiting: Sendable {
        let work: Work
        var deadline: Instant
        /// The workers that took the work and lost their connection before it could run.
        var attempts = 0
    }

    let limits: PostgresLimits
    /// Why the last attempt to connect failed, or the last connection was lost; nil while all is well.
    private(set) var trouble: StoreReason?
    private var workers: [WorkerState]
    private(set) var waiting: [Waiting] = []
    /// Set while no worker is ready and the last attempt to connect failed: the time of the next attempt.
    private(set) var downUntil: Instant?
    private(set) var isStopped = false
    /// The time of the next call of `expire` that the caller has promised.
    private var alarm: Instant?

    init(workers: Int, limits: PostgresLimits) {
        self.workers = Array(repeating: .parked, count: workers)
        self.limits = limits
    }

    /// The number of workers that may take work which then does not run: the server may have ended all their sessions.
    var maximumAttempts: Int { workers.count + 2 }
}

/// The connections.
extension PoolState {
    enum Permission: Hashable, Sendable {
        case connect
        /// Another worker makes the attempt; wait to be woken.
        case park
        case stop
    }

    /// Whether a worker without a connection may open one. While the server is down, one worker tries for all.
    mutating func permission(_ worker: Int) -> Permission {
        guard !isStopped else { return .stop }
        let isTried = workers.enumerated().contains { $0 != worker && ($1 == .connecting || $1 == .waiting) }
        workers[worker] = downUntil != nil && isTried ? .parked : .connecting
        return workers[worker] == .parked ? .park : .connect
    }

    /// Notes that a worker has a connection, and so that the server is up. Returns the workers to wake.
    mutating func connected(_ worker: Int) -> [Int] {
        workers[worker] = .ready(load: 0)
        downUntil = nil
        trouble = nil
        return workers.indices.filter { workers[$0] == .parked }
    }

    /// Notes a failed attempt to connect; the next one is due at `retryAt`. The server is down unless a worker is
    /// ready.
    mutating func failed(_ worker: Int, for reason: StoreReason, retryAt: Instant, now: Instant) {
        workers[worker] = .waiting
        trouble = reason
        noteOutage(until: retryAt, now: now)
    }

    /// Notes that a worker has lost its connection, or takes no more work on it.
    ///
    /// The server is down when the last connection was silent for too long. Returns the worker to wake for the work
    /// that this one was woken for.
    mutating func lost(_ worker: Int, for reason: StoreReason?, wasSilent: Bool, now: Instant) -> Int? {
        workers[worker] = .closing
        trouble = reason ?? trouble
        if wasSilent { noteOutage(until: now, now: now) }
        return waiting.isEmpty ? nil : leastLoaded()
    }

    /// Returns the waiting work; afterwards no work is taken and no connection opened.
    mutating func stop() -> [Work] {
        isStopped = true
        defer { waiting = [] }
        return waiting.map(\.work)
    }

    private mutating func noteOutage(until instant: Instant, now: Instant) {
        let hasReady = workers.contains { if case .ready = $0 { true } else { false } }
        guard !hasReady else { return }
        downUntil = instant
        for index in waiting.indices {
            waiting[index].deadline = min(waiting[index].deadline, now + limits.downTimeout)
        }
    }
}

/// The work.
extension PoolState {
    /// Work was accepted; `wake` is the worker to wake.
    struct Acceptance: Hashable {
        let wake: Int?
    }

    /// Adds work; nil when too much waits already.
    mutating func submit(_ work: Work, now: Instant) -> Acceptance? {
        guard waiting.count < limits.waitingBatches, !isStopped else { return nil }
        waiting.append(Waiting(work: work, deadline: deadline(from: now)))
        return Acceptance(wake: leastLoaded())
    }

    /// Returns the next work for a worker, and a worker to wake when more can be taken.
    ///
    /// A worker takes a second batch only when no other has fewer: batches spread over the server's processes first.
    mutating func take(_ worker: Int) -> (work: Waiting?, wake: Int?) {
        guard !waiting.isEmpty, case .ready(let load) = workers[worker], let least = leastLoaded() else {
            return (nil, nil)
        }
        guard load < limits.batchesInFlight, case .ready(let leastLoad) = workers[least], load <= leastLoad else {
            return (nil, least)
        }
        workers[worker] = .ready(load: load + 1)
        let work = waiting.removeFirst()
        return (work, waiting.isEmpty ? nil : leastLoaded())
    }

    /// Notes that a worker has finished one batch.
    mutating func finish(_ worker: Int) {
        if case .ready(let load) = workers[worker] { workers[worker] = .ready(load: load - 1) }
    }

    /// Puts back work that did not run; nil after too many attempts or too much time.
    mutating func putBack(_ work: Waiting, now: Instant) -> Acceptance? {
        var work = work
        work.attempts += 1
        guard work.attempts < maximumAttempts, work.deadline > now, !isStopped else { return nil }
        if downUntil != nil { work.deadline = min(work.deadline, now + limits.downTimeout) }
        waiting.insert(work, at: 0)
        return Acceptance(wake: leastLoaded())
    }

    /// Puts back work that a cancel request for other work has undone, as if it were new, because it must run.
    mutating func restore(_ work: Work, now: Instant) -> Acceptance? {
        guard !isStopped else { return nil }
        waiting.insert(Waiting(work: work, deadline: deadline(from: now)), at: 0)
        return Acceptance(wake: leastLoaded())
    }

    /// Removes waiting work whose caller was cancelled; nil when it does not wait.
    mutating func withdraw(_ isMeant: (Work) -> Bool) -> Work? {
        guard let index = waiting.firstIndex(where: { isMeant($0.work) }) else { return nil }
        return waiting.remove(at: index).work
    }

    /// Removes the work that has waited for too long.
    mutating func expire(now: Instant) -> [Work] {
        alarm = nil
        guard waiting.contains(where: { $0.deadline <= now }) else { return [] }
        let expired = waiting.filter { $0.deadline <= now }.map(\.work)
        waiting.removeAll { $0.deadline <= now }
        return expired
    }

    /// Returns the time at which the caller must call `expire`; nil when it has promised an earlier call, or none is
    /// due.
    mutating func alarmToSet() -> Instant? {
        guard let next = waiting.lazy.map(\.deadline).min() else { return nil }
        if let alarm, alarm <= next { return nil }
        alarm = next
        return next
    }

    /// Why work is turned away.
    var reason: StoreReason {
        trouble
            ?? StoreReason(
                .throttled, "all \(workers.count) connections to PostgreSQL were busy for \(limits.acquireTimeout)")
    }

    /// The wait to recommend to a caller whose work is turned away.
    func retryAfterMilliseconds(now: Instant) -> Int {
        let untilRetry = downUntil.map { Int(($0 - now) / .milliseconds(1)) } ?? 0
        return max(untilRetry, Self.minimumRetryMilliseconds)
    }

    private static var minimumRetryMilliseconds: Int { 100 }

    private func deadline(from now: Instant) -> Instant {
        now + (downUntil == nil ? limits.acquireTimeout : limits.downTimeout)
    }

    /// The ready worker with the fewest batches, if it can take one more.
    private func leastLoaded() -> Int? {
        var best: (worker: Int, load: Int)?
        for (worker, state) in workers.enumerated() {
            guard case .ready(let load) = state, load < limits.batchesInFlight else { continue }
            if best.map({ load < $0.load }) ?? true { best = (worker, load) }
        }
        return best?.worker
    }
}
