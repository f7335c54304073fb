import Synchronization

/// A flag that tells a store's threads whether the caller's task was cancelled.
public final class Cancellation: Sendable {
    private let hasHappened = Atomic(false)

    public init() {}

    /// Never becomes false again.
    public var isCancelled: Bool { hasHappened.load(ordering: .acquiring) }

    public func cancel() {
        hasHappened.store(true, ordering: .releasing)
    }
}

/// Awaits work that `start` hands to another thread, which calls back exactly once.
///
/// When the caller's task is cancelled, `cancel` receives the same `Cancellation` as `start`.
public func withCancellation<R: Sendable>(
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
