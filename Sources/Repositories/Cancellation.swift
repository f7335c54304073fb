import Synchronization

/// Whether the task that made a call has been cancelled: what a store keeps beside the call's work, to look at from any
/// thread.
package final class Cancellation: Sendable {
    private let hasHappened = Atomic(false)

    package init() {}

    /// Once true, always true.
    package var isCancelled: Bool { hasHappened.load(ordering: .acquiring) }

    package func cancel() {
        hasHappened.store(true, ordering: .releasing)
    }
}

/// Awaits work that `start` hands to another thread, which calls back once. When the task of the caller is cancelled,
/// `cancel` hears of the same cancellation that `start` was given.
package func withCancellation<R: Sendable>(
    start: (Cancellation, @escaping @Sendable (R) -> Void) -> Void,
    cancel: @escaping @Sendable (Cancellation) -> Void
) async -> R {
    let cancellation = Cancellation()
    return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            start(cancellation) { continuation.resume(returning: $0) }
        }
    } onCancel: {
        cancellation.cancel()
        cancel(cancellation)
    }
}
