import Glibc

/// Wakes one thread from its sleep, as often as needed.
public final class Waker: Sendable {
    private let pipe: WakePipe

    /// Returns nil when the process has no descriptors left.
    public init?() {
        guard let pipe = WakePipe() else { return nil }
        self.pipe = pipe
    }

    /// Wakes the thread, or prevents its next sleep.
    public func wake() {
        pipe.wake()
    }

    /// Sleeps until `wake()`, until `deadline`, or until `socket` is ready; true when `socket` is ready.
    @discardableResult
    public func sleep(
        until deadline: ContinuousClock.Instant?, socket: Int32 = -1, toWrite: Bool = false
    ) -> Bool {
        // poll(2) ignores negative descriptors.
        var descriptors = [
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN | (toWrite ? POLLOUT : 0)), revents: 0),
        ]
        _ = poll(&descriptors, 2, FileDescriptor.pollTimeoutMilliseconds(until: deadline))
        if descriptors[0].revents != 0 { drain() }
        return descriptors[1].revents != 0
    }

    private func drain() {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            while read(pipe.readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}

/// A pipe that wakes a thread from `poll(2)`, once and for all.
public final class WakePipe: Sendable {
    public let readEnd: Int32
    private let writeEnd: Int32

    /// Returns nil when the process has no descriptors left.
    public init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Makes the read end readable from now on.
    public func wake() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }
}
