import Synchronization
import Platform

/// Sees to it that a call whose deadline passes is answered then, whatever its group waits for.
final class Deadlines: Sendable {
    fileprivate struct State {
        /// The groups under way of which a call has a deadline, each with the earliest.
        var groups: [GroupID: (calls: PendingCalls, earliest: ContinuousClock.Instant)] = [:]
        /// The alarm that is set.
        var alarm: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let alarms: Alarms

    init(alarms: Alarms) {
        self.alarms = alarms
    }

    /// Watches a group's deadlines until it is finished.
    func watch(_ id: GroupID, _ calls: PendingCalls) {
        guard let earliest = calls.earliestDeadline else { return }
        let isNext = state.withLock { state in
            state.groups[id] = (calls, earliest)
            return state.setAlarm(at: earliest)
        }
        if isNext { ring(at: earliest) }
    }

    /// Forgets a group.
    func finished(_ id: GroupID) {
        state.withLock { state in
            if !state.groups.isEmpty { state.groups[id] = nil }
        }
    }

    private func ring(at instant: ContinuousClock.Instant) {
        alarms.ring(at: instant) { [weak self] in self?.expire() }
    }

    private func expire() {
        let now = ContinuousClock.now
        let due = state.withLock { $0.groups.filter { $0.value.earliest <= now } }
        for (_, group) in due { group.calls.expire(now) }
        let next: ContinuousClock.Instant? = state.withLock { state in
            for (id, group) in due where state.groups[id] != nil {
                state.groups[id] = group.calls.earliestDeadline.map { (group.calls, $0) }
            }
            state.alarm = nil
            guard let next = state.groups.values.lazy.map(\.earliest).min() else { return nil }
            return state.setAlarm(at: next) ? next : nil
        }
        if let next { ring(at: next) }
    }
}

extension Deadlines.State {
    /// Whether an alarm has to be set, because none rings early enough.
    fileprivate mutating func setAlarm(at instant: ContinuousClock.Instant) -> Bool {
        if let alarm, alarm <= instant { return false }
        alarm = instant
        return true
    }
}
