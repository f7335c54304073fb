import Synchronization

/// A timer thread: calls functions at given times. They must not block.
public final class Alarms: Sendable {
    private struct Alarm {
        let time: ContinuousClock.Instant
        let ring: @Sendable () -> Void
    }

    private struct State {
        var alarms: [Alarm] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let waker: Waker

    /// Returns nil when the system gives no thread or no descriptor. The thread runs until `stop()`.
    public init?() {
        guard let waker = Waker() else { return nil }
        self.waker = waker
        guard OSThread.start({ self.run() }) else { return nil }
    }

    /// Calls `ring` once, at `time` or soon after, but never after `stop()`.
    public func ring(at time: ContinuousClock.Instant, _ ring: @escaping @Sendable () -> Void) {
        let isNext = state.withLock { state in
            let isNext = state.alarms.allSatisfy { time < $0.time }
            state.alarms.append(Alarm(time: time, ring: ring))
            return isNext
        }
        if isNext { waker.wake() }
    }

    /// Ends the thread.
    public func stop() {
        state.withLock { $0.isStopped = true }
        waker.wake()
    }

    private func run() {
        while true {
            let now = ContinuousClock.now
            let (due, next, isStopped) = state.withLock { state in
                let due = state.alarms.filter { $0.time <= now }.sorted { $0.time < $1.time }
                state.alarms.removeAll { $0.time <= now }
                return (due, state.alarms.map(\.time).min(), state.isStopped)
            }
            guard !isStopped else { return }
            for alarm in due { alarm.ring() }
            waker.sleep(until: next)
        }
    }
}
