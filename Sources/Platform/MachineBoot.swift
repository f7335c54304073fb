import Glibc

/// What tells the machine that runs, since it was started, from all others.
public enum MachineBoot {
    /// A hash of the kernel's random identifier of this start; 0 where it tells none.
    public static let identifier: UInt64 = {
        let number = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return 0 }
        defer { close(number) }
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            let count = retryingInterrupts { read(number, buffer.baseAddress, buffer.count) }
            // FNV-1a.
            return buffer.prefix(max(0, count)).reduce(0xCBF2_9CE4_8422_2325) { hash, octet in
                (hash ^ UInt64(octet)) &* 0x100_0000_01B3
            }
        }
    }()
}
