import Platform
import Repositories
import Synchronization

extension RedisEventStore {
    /// Opens the store on a thread of its own, since opening blocks; nil when the caller's task was cancelled.
    public static func open(
        url: String, script: String, environment: [String: String], write: @escaping EventBody
    ) async throws(StoreOpenError) -> RedisEventStore? {
        let opened = Opening()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                opened.wait(continuation)
                let hasStarted = OSThread.start {
                    opened.finish(
                        Result { () throws(StoreOpenError) in
                            try RedisEventStore(
                                url: url, script: script, environment: environment, write: write)
                        })
                }
                if !hasStarted { opened.finish(.failure(.outOfResources)) }
            }
        } onCancel: {
            opened.finish(nil)
        }
        return try opened.result?.get()
    }
}

/// An opening under way, which ends when the store is open or its caller is cancelled.
private final class Opening: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, Never>?
        var result: Result<RedisEventStore, StoreOpenError>?
        var isOver = false
    }

    private let state = Mutex(State())

    var result: Result<RedisEventStore, StoreOpenError>? { state.withLock { $0.result } }

    func wait(_ continuation: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.continuation = continuation }
            return state.isOver
        }
        if isOver { continuation.resume() }
    }

    /// Ends the opening once; later calls are without effect.
    func finish(_ result: Result<RedisEventStore, StoreOpenError>?) {
        let continuation = state.withLock { state in
            guard !state.isOver else { return nil as CheckedContinuation<Void, Never>? }
            state.isOver = true
            state.result = result
            return state.continuation.take()
        }
        continuation?.resume()
    }
}
