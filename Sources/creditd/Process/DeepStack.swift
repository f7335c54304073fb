import Platform

/// A thread whose stack has room for schemas and documents that nest far deeper than requests may.
enum DeepStack {
    /// How deep texts may nest there.
    static let maximumDepth = 512
    /// Enough for that depth times the schemas applied to one value. Untouched pages cost nothing.
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
