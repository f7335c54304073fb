import Platform
import Synchronization

/// The latest time at which a call is answered.
struct CallDeadline: Hashable, Sendable {
    let arrival: ContinuousClock.Instant
    /// The time from the arrival, as the client or the program asked.
    let timeoutMilliseconds: Int

    var instant: ContinuousClock.Instant { arrival + .milliseconds(timeoutMilliseconds) }
}

/// Answers calls when their deadlines pass, whatever their groups wait for.
final class Deadlines: Sendable {
    private struct State {
        /// The unfinished groups with a deadline, each with its earliest.
        var groups: [GroupID: (group: CallGroup, earliest: ContinuousClock.Instant)] = [:]
        /// When the next alarm rings.
        var alarm: ContinuousClock.Instant?

        /// Whether an alarm has to be set, because none rings early enough.
        mutating func setAlarm(at instant: ContinuousClock.Instant) -> Bool {
            if let alarm, alarm <= instant { return false }
            alarm = instant
            return true
        }
    }

    private let state = Mutex(State())
    private let alarms: Alarms

    init(alarms: Alarms) {
        self.alarms = alarms
    }

    /// Watches the deadlines of a group until it is finished.
    func watch(_ group: CallGroup) {
        guard let earliest = group.earliestDeadline else { return }
        let isNext = state.withLock { state in
            state.groups[group.id] = (group, earliest)
            return state.setAlarm(at: earliest)
        }
        if isNext { ring(at: earliest) }
    }

    /// Forgets a finished group.
    func forget(_ group: CallGroup) {
        state.withLock { state in
            if !state.groups.isEmpty { state.groups[group.id] = nil }
        }
    }

    private func ring(at instant: ContinuousClock.Instant) {
        alarms.ring(at: instant) { [weak self] in self?.expire() }
    }

    private func expire() {
        let now = ContinuousClock.now
        let due = state.withLock { $0.groups.values.filter { $0.earliest <= now }.map(\.group) }
        for group in due { group.expire(now) }
        let next: ContinuousClock.Instant? = state.withLock { state in
            for group in due where state.groups[group.id] != nil {
                state.groups[group.id] = group.earliestDeadline.map { (group, $0) }
            }
            state.alarm = nil
            guard let next = state.groups.values.lazy.map(\.earliest).min() else { return nil }
            return state.setAlarm(at: next) ? next : nil
        }
        if let next { ring(at: next) }
    }
}
