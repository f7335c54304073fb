/// Runs tasks on the threads that start and resume them, so that they never wait for a thread of Swift's pool.
///
/// Its tasks must be short and must not block. Whoever resumes one must hold no lock.
public final class InlineExecutor: TaskExecutor {
    public init() {}

    public func enqueue(_ job: consuming ExecutorJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
