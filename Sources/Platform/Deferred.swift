/// A value that one thread provides and others may wait for.
public final class Deferred<Value: Sendable>: Sendable {
    private enum State { case awaited, provided(Value), withheld }

    private let state = Monitor<State>(.awaited)

    public init() {}

    public func provide(_ value: Value) {
        state.update { $0 = .provided(value) }
    }

    /// Notes that there will be no value, unless there is one.
    public func withhold() {
        state.update { if case .awaited = $0 { $0 = .withheld } }
    }

    /// Blocks the calling thread until there is the value; nil when there will be none.
    public func wait() -> Value? {
        state.wait { state -> Value?? in
            switch state {
            case .awaited: nil
            case .provided(let value): .some(value)
            case .withheld: .some(nil)
            }
        }
    }
}
