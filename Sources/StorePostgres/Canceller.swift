import Platform

/// A thread that sends cancel requests, which block, one after the other.
final class Canceller: Sendable {
    private struct State {
        var requests: [CancelRequest] = []
        var isStopped = false
    }

    private let monitor = Monitor(State())

    init() throws(PostgresOpenError) {
        let monitor = monitor
        guard OSThread.start({ Self.run(monitor) }) else { throw .outOfResources }
    }

    /// Sends the request soon; false when too many wait. Each link has one under way at most, and what its lost
    /// connections have left behind.
    func send(_ request: CancelRequest) -> Bool {
        monitor.change { state in
            guard state.requests.count < ConnectionURL.connectionLimit, !state.isStopped else { return (false, false) }
            state.requests.append(request)
            return (true, true)
        }
    }

    func stop() {
        monitor.change { state in (state.isStopped = true, true) }
    }

    private static func run(_ monitor: Monitor<State>) {
        while let request = next(monitor) { request.send() }
    }

    /// Nil when the thread is to end.
    private static func next(_ monitor: Monitor<State>) -> CancelRequest? {
        monitor.wait { state -> CancelRequest?? in
            if state.isStopped { return .some(nil) }
            guard !state.requests.isEmpty else { return nil }
            return state.requests.removeFirst()
        }
    }
}
