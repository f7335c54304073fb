import Bureau
import Glibc

extension BaseVault {
    /// The time as this machine has it.
    public static let systemTime: @Sendable () -> Instant = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(secondsSinceEpoch: Int64(time.tv_sec), microseconds: Int64(time.tv_nsec / 1000))
    }
}
