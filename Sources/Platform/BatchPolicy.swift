import Glibc
import Synchronization

/// How Linux schedules the threads that serve a client: as a batch (SCHED_BATCH, sched(7)) while requests come in
/// hundreds.
///
/// A thread of a batch that is woken does not take the core from another one. So a store's server goes on until it has
/// answered what it was sent, and nobody waits for one request. While somebody does, threads are scheduled as usual.
public enum BatchPolicy {
    /// The lines of a round from which on requests come as a batch, and up to which they do not. A batch also has rounds
    /// in between, when its client writes as the pipe has room.
    private static let (many, few) = (256, 32)

    /// SCHED_BATCH of <sched.h>, which Swift's module of the C library lacks.
    private static let batch: Int32 = 3

    private static let isBatch = Atomic(false)
    /// The policy that each thread has taken last; a thread that has taken none has that of the one which started it.
    private static let taken = ThreadValue()

    /// Notes how many lines a round of requests has.
    public static func note(roundOf lines: Int) {
        let wasBatch = isBatch.load(ordering: .relaxed)
        if wasBatch ? lines <= few : lines >= many { isBatch.store(!wasBatch, ordering: .relaxed) }
    }

    /// Has the calling thread scheduled as it is right now. To be called about once for each group of calls.
    public static func take() {
        let policy = isBatch.load(ordering: .relaxed) && !LoneWork.isThere ? batch : SCHED_OTHER
        // 0 is that of a thread that has taken none.
        let value = Int(policy) + 1
        if taken.value == value { return }
        taken.value = value
        var parameters = sched_param()
        // A sandbox may refuse it, and then nothing is lost but speed.
        sched_setscheduler(0, policy, &parameters)
    }
}

/// A number that each thread has for itself, 0 at first.
private struct ThreadValue: Sendable {
    private let key: pthread_key_t?

    init() {
        var key = pthread_key_t()
        self.key = pthread_key_create(&key, nil) == 0 ? key : nil
    }

    var value: Int {
        get { key.map { Int(bitPattern: pthread_getspecific($0)) } ?? 0 }
        nonmutating set { if let key { pthread_setspecific(key, UnsafeRawPointer(bitPattern: newValue)) } }
    }
}
