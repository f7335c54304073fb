import Bureau
import Synchronization

/// How much a model may ask for: calls within a minute, and different persons within an hour.
public final class ToolLimits: Sendable {
    private let callsPerMinute: Int
    private let subjectsPerHour: Int
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())

    private struct State {
        /// When calls of the last minute were made, the earliest first.
        var calls: [Instant] = []
        /// When each person was asked for last within the hour.
        var subjects: [CPF: Instant] = [:]
    }

    init(callsPerMinute: Int, subjectsPerHour: Int, now: @escaping @Sendable () -> Instant) {
        self.callsPerMinute = callsPerMinute
        self.subjectsPerHour = subjectsPerHour
        self.now = now
    }

    /// Counts a call, which may be about a person, or throws when there were too many.
    func admitCall(about cpf: CPF?) throws(ToolFailure) {
        guard let refusal = state.withLock({ refusal(of: cpf, in: &$0) }) else { return }
        throw refusal
    }

    private func refusal(of cpf: CPF?, in state: inout State) -> ToolFailure? {
        let now = now()
        let minuteAgo = now.earlier(seconds: 60)
        let hourAgo = now.earlier(seconds: 3_600)
        state.calls.removeAll { $0 <= minuteAgo || $0 > now }
        if state.calls.count >= callsPerMinute {
            return .tooManyCalls(
                callsPerMinute, waitSeconds: Self.wait(until: state.calls.first, seconds: 60, from: now))
        }
        state.calls.append(now)
        guard let cpf else { return nil }
        if state.subjects[cpf] == nil || state.subjects.count > subjectsPerHour {
            state.subjects = state.subjects.filter { $0.value > hourAgo && $0.value <= now }
        }
        if state.subjects[cpf] == nil, state.subjects.count >= subjectsPerHour {
            return .tooManySubjects(
                subjectsPerHour,
                waitSeconds: Self.wait(until: state.subjects.values.min(), seconds: 3_600, from: now))
        }
        state.subjects[cpf] = now
        return nil
    }

    /// The whole seconds from `now` until a span of time has passed since `start`, at least one.
    private static func wait(until start: Instant?, seconds: Int64, from now: Instant) -> Int {
        let left = (start ?? now).microsecondsSinceEpoch + seconds * 1_000_000 - now.microsecondsSinceEpoch
        return max(1, Int((left + 999_999) / 1_000_000))
    }
}

extension Instant {
    fileprivate func earlier(seconds: Int64) -> Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch - seconds * 1_000_000) ?? .first
    }
}
