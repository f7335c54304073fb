import Glibc

/// The lock of a writer on an embedded store, as another program has it that began to write and does not end.
///
/// SQLite's WAL_WRITE_LOCK is an advisory lock on byte 120 of the store's `-shm` file (sqlite.org/walformat.html,
/// "WAL-Index Locks"). It makes writes wait and leaves reads alone.
final class StoreHold {
    private static let writeLockOffset = 120
    /// F_OFD_SETLK of fcntl(2), which Swift's Glibc leaves out.
    private static let setLockOfOpenFile: Int32 = 37
    private static let longestWait = Duration.seconds(20)

    private let descriptor: Int32

    /// Nil when the store is not open anywhere, or somebody keeps the lock.
    init?(file: String) {
        descriptor = open(file + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let deadline = ContinuousClock.now + Self.longestWait
        // Of the open file and not of the process: others of this process may come and go.
        var lock = flock()
        while true {
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = off_t(Self.writeLockOffset)
            lock.l_len = 1
            if fcntl(descriptor, Self.setLockOfOpenFile, &lock) == 0 { return }
            guard errno == EAGAIN || errno == EACCES, .now < deadline else { return nil }
            sched_yield()
        }
    }

    /// Lets go of the lock.
    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
