import Glibc

/// A reading of the monotonic clock, to tell when something is over.
struct Moment: Comparable, Sendable {
    private let nanoseconds: Int64

    static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    func adding(milliseconds: Int) -> Moment {
        Moment(nanoseconds: nanoseconds + Int64(milliseconds) * 1_000_000)
    }

    /// The milliseconds from here to `later`, rounded up; 0 when it is past.
    func milliseconds(until later: Moment) -> Int {
        Int(max(0, later.nanoseconds - nanoseconds + 999_999) / 1_000_000)
    }

    /// The microseconds from here to `later`.
    func microseconds(until later: Moment) -> Int64 {
        (later.nanoseconds - nanoseconds) / 1000
    }

    static func < (one: Moment, other: Moment) -> Bool { one.nanoseconds < other.nanoseconds }
}
