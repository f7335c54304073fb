import Glibc

/// The three descriptors that every process begins with, brought into a state to rely on.
enum StandardDescriptors {
    /// Sees to it that 0, 1 and 2 are open, before anything else can take their place. One that was closed is empty
    /// from then on.
    static func reserve() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Moves stdout aside: from then on descriptor 1 is stderr, so that no stray print reaches the wire. Gives the
    /// descriptor that the answers go to, -1 when there is none to be had.
    static func moveOutputAside() -> Int32 {
        let output = fcntl(1, F_DUPFD_CLOEXEC, 3)
        guard output >= 0, dup2(2, 1) >= 0 else { return -1 }
        return output
    }
}
