/// A task that is cancelled already when it makes its call.
enum CancelledTask {
    static func result<R: Sendable>(_ call: @escaping @Sendable () async throws -> R) async -> Result<R, any Error> {
        await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await call()
        }.result
    }
}

extension Result {
    var isFailure: Bool { if case .failure = self { true } else { false } }
}
