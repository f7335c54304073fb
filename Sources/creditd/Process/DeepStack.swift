import Platform

/// A thread with room on its stack for schemas and documents that are nested far deeper than what is served.
enum DeepStack {
    /// How deep texts may be nested there.
    static let maximumDepth = 512
    /// Enough for that depth times the schemas that may be applied to one value; pages that stay untouched cost nothing.
    private static let sizeBytes = 512 << 20

    /// Runs a blocking body there, and awaits it.
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let outcome: Result<R, any Error> = await withCheckedContinuation { continuation in
            let hasStarted = OSThread.start(stackSizeBytes: sizeBytes) {
                continuation.resume(returning: Result(catching: body))
            }
            if !hasStarted { continuation.resume(returning: .failure(ExitStatus.system)) }
        }
        return try outcome.get()
    }
}
