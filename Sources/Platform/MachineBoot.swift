import Glibc

/// What tells the machine that runs, since it was started, from all others.
public enum MachineBoot {
    /// The first eight digits of the kernel's random identifier of this start; 0 where it tells none.
    public static let identifier: UInt64 = {
        let number = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return 0 }
        defer { close(number) }
        return withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { digits in
            guard retryingInterrupts({ read(number, digits.baseAddress, digits.count) }) == digits.count else {
                return 0
            }
            return UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
        }
    }()
}
