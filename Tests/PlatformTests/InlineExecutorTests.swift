import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite("InlineExecutor")
struct InlineExecutorTests {
    @Test("a task begins on the thread that starts it, and goes on where it is resumed")
    func threads() async throws {
        let (started, begun, resumedOn, resumer) =
            await OSThread.run { () -> (pthread_t, pthread_t?, pthread_t?, pthread_t?) in
                let threads = Monitor<(begun: pthread_t?, resumed: pthread_t?, resumer: pthread_t?)>((nil, nil, nil))
                let task = Mutex<CheckedContinuation<Void, Never>?>(nil)
                _ = Task(executorPreference: InlineExecutor()) {
                    threads.update { $0.begun = pthread_self() }
                    await withCheckedContinuation { continuation in task.withLock { $0 = continuation } }
                    threads.update { $0.resumed = pthread_self() }
                }
                // The task is suspended by now, because it began inside `Task.init`.
                let begun = threads.withLock(\.begun)
                let continuation = task.withLock { $0 }
                let hasStarted = OSThread.start {
                    threads.update { $0.resumer = pthread_self() }
                    continuation?.resume()
                }
                guard hasStarted else { return (pthread_self(), begun, nil, nil) }
                let end = threads.wait { $0.resumed == nil ? nil : $0 }
                return (pthread_self(), begun, end.resumed, end.resumer)
            } ?? (pthread_self(), nil, nil, nil)
        #expect(begun == started)
        #expect(resumedOn != nil && resumedOn == resumer)
    }
}
