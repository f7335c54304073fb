import Glibc
import Synchronization

/// How Linux schedules the threads that serve a client: as a batch (SCHED_BATCH, sched(7)) while requests come in
/// hundreds.
///
/// A thread of a batch that is woken does not take the core from another one. So a store's server goes on until it has
/// answered what it was sent, and nobody waits for one request. Where somebody does, each thread is scheduled as usual
/// again from the next group of calls on that it serves. A policy that the operator has chosen stays as it is.
public enum BatchPolicy {
    /// The lines of a round from which on requests come as a batch.
    private static let many = 256
    /// The lines of a round up to which they do so no more. Rounds are short in between, too, when a client writes as
    /// the pipe has room.
    private static let few = 32
    /// SCHED_BATCH of <sched.h>, which Swift's module of the C library lacks.
    private static let batch: Int32 = 3

    private static let isBatch = Atomic(false)
    /// Whether there was a batch. Before, no thread asks for a policy.
    private static let hasBegun = Atomic(false)
    /// Whether the process was started with the policy that it has without being asked.
    private static let isUsual = sched_getscheduler(0) == SCHED_OTHER
    /// The policy that each thread has taken last, and 1; 0 when it has that of the thread which started it.
    private static let taken = ThreadValue()

    /// Notes how many lines a round of requests has.
    public static func note(roundOf lines: Int) {
        if isBatch.load(ordering: .relaxed) {
            if lines <= few { isBatch.store(false, ordering: .relaxed) }
        } else if lines >= many, isUsual {
            isBatch.store(true, ordering: .relaxed)
            hasBegun.store(true, ordering: .relaxed)
        }
    }

    /// Has the calling thread scheduled as it is right now. To be called about once for each group of calls.
    public static func take() {
        guard hasBegun.load(ordering: .relaxed) else { return }
        let policy = isBatch.load(ordering: .relaxed) && !LoneWork.isThere ? batch : SCHED_OTHER
        let value = Int(policy) + 1
        if taken.value == value { return }
        taken.value = value
        var parameters = sched_param()
        // The system may refuse it, and then nothing is lost but speed.
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
