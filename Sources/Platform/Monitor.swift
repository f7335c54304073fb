import Glibc

/// State behind a mutex and a condition variable, for threads that may block.
///
/// Unchecked because the compiler cannot see that every function here holds the mutex while it uses `state`.
public final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    public init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        // A wait until a deadline is not led astray when the system's time is set.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the state. Waiters check it again only when `body` returns true for `wakes`.
    public func change<R>(_ body: (inout State) -> (result: R, wakes: Bool)) -> R {
        pthread_mutex_lock(mutex)
        let (result, wakes) = body(&state)
        pthread_mutex_unlock(mutex)
        if wakes { pthread_cond_broadcast(condition) }
        return result
    }

    /// Changes the state, and lets all waiters look again.
    public func update(_ body: (inout State) -> Void) {
        change { (body(&$0), true) }
    }

    public func withLock<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Blocks the calling thread until `take` returns a value. Must not be called on Swift's cooperative pool.
    public func wait<R>(_ take: (inout State) -> R?) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&state) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// Blocks the calling thread until `take` returns a value, or until a deadline, which returns nil.
    @discardableResult
    public func wait<R>(until deadline: ContinuousClock.Instant, _ take: (inout State) -> R?) -> R? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&state) { return result }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return nil }
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            let nanoseconds = time.tv_nsec + Int(left.components.attoseconds / 1_000_000_000)
            time.tv_sec += Int(left.components.seconds) + nanoseconds / 1_000_000_000
            time.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(condition, mutex, &time)
        }
    }
}
