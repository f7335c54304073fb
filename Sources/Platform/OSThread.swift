import Glibc

/// A thread of the operating system, for work that blocks in system calls.
public enum OSThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a detached thread; false when the system gives no thread. The stack has the system's default size
    /// unless `stackSizeBytes` is given.
    public static func start(stackSizeBytes: Int? = nil, _ run: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stackSizeBytes { pthread_attr_setstacksize(&attributes, stackSizeBytes) }
        let body = Unmanaged.passRetained(Body(run))
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        if status != 0 { body.release() }
        return status == 0
    }

    /// Awaits a blocking body on a new thread; nil when the system gives no thread.
    public static func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R? {
        await withCheckedContinuation { continuation in
            if !start({ continuation.resume(returning: body()) }) { continuation.resume(returning: nil) }
        }
    }
}
