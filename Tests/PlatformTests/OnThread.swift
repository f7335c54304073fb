import Platform

/// Awaits a body that blocks, on a thread of its own.
func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        let started = OSThread.start { continuation.resume(returning: body()) }
        precondition(started, "the system gives no thread")
    }
}
