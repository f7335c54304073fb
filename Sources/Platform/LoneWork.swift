import Glibc
import Synchronization

/// Short work that somebody waits for alone, such as one question to a fast store, beside long work of the process.
///
/// Linux lets a thread that computes go on for milliseconds before one that has just been woken, also when another core
/// has nothing to do. So long work gives way by itself, for a moment: lone work that takes longer waits for something
/// else.
public enum LoneWork {
    /// How long long work gives way, from the beginning of lone work on.
    public static let patience = Duration.nanoseconds(patienceNanoseconds)
    private static let patienceNanoseconds: UInt64 = 500_000

    /// How long more lone work is expected after some was there.
    private static let expectationNanoseconds: UInt64 = 20_000_000
    /// How long long work goes on before it gives way to lone work that is expected: the thread that would begin it may
    /// itself wait for the core.
    private static let turnNanoseconds: UInt64 = 100_000

    /// Until when long work gives way, in nanoseconds of the monotonic clock; 0 while there is no lone work.
    private static let end = Atomic<UInt64>(0)
    /// When lone work last began, and when long work last gave way.
    private static let lastBeginning = Atomic<UInt64>(0)
    private static let lastTurn = Atomic<UInt64>(0)

    public static func begin() {
        let now = monotonicNanoseconds
        lastBeginning.store(now, ordering: .relaxed)
        end.store(now + patienceNanoseconds, ordering: .relaxed)
    }

    /// Notes that lone work is done. Where other lone work goes on, that is given way to no more.
    public static func finish() { end.store(0, ordering: .relaxed) }

    /// Lets other threads have the core while there is lone work, and now and then while some is expected. To be called
    /// about every ten microseconds of long work, with no lock held.
    public static func giveWay() {
        let last = lastBeginning.load(ordering: .relaxed)
        if last == 0 { return }
        let now = monotonicNanoseconds
        guard isExpected(at: now) else {
            // Until lone work begins again, nobody need ask for the time, which takes longer than a look.
            _ = lastBeginning.compareExchange(expected: last, desired: 0, ordering: .relaxed)
            return
        }
        guard isWaitedFor(at: now) || isTurnOver(at: now) else { return }
        lastTurn.store(now, ordering: .relaxed)
        sched_yield()
    }

    /// Whether there is lone work, or was a moment ago.
    static var isThere: Bool { lastBeginning.load(ordering: .relaxed) != 0 }

    /// Whether long work is to give way, at a time in nanoseconds of the monotonic clock.
    static func isWaitedFor(at now: UInt64) -> Bool { now < end.load(ordering: .relaxed) }

    /// Whether there was lone work a moment ago, so that more is expected.
    static func isExpected(at now: UInt64) -> Bool {
        now < lastBeginning.load(ordering: .relaxed) + expectationNanoseconds
    }

    private static func isTurnOver(at now: UInt64) -> Bool {
        now > lastTurn.load(ordering: .relaxed) + turnNanoseconds
    }

    static var monotonicNanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
